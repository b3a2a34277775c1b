import { describe, expect } from 'vitest'
import type { SwitchesWish } from '../../infra/tenant/switches/switches.ts'
import type { Tokens } from '../../src/entra/oidc/signed-in.ts'
import type { House } from '../support/house.ts'
import { endPauses, sessionIdOf, tracesOf } from '../support/stored.ts'
import { testIn } from '../support/test-in.ts'
import type { Visitor } from '../support/visitor.ts'

type TokenError = NonNullable<SwitchesWish['tokenError']>

let alice: Visitor
const test = testIn({ now: '2026-03-02T12:00:00Z' })
test.beforeEach(async ({ house }) => {
  alice = await house.visitor('alice')
})
test.afterEach(async ({ house }) => {
  house.tenant.reset()
  await endPauses(house)
})

const pass = (house: House, seconds: number) => house.clock.advance({ seconds })
const statusOf = async (visitor: Visitor, path = '/') => (await visitor.get(path)).status
const calls = (house: House) => house.tenant.calls
const eventsOf = (house: House, event: string) =>
  house.logged.map(line => JSON.parse(line)).filter(line => line.event === event)
async function mend(
  house: House,
  wish: { [name in keyof SwitchesWish]: SwitchesWish[name] | undefined },
): Promise<void> {
  Object.assign(house.tenant.switches, wish)
  await endPauses(house)
}
/** Nobody was sent to Entra and nobody changed cookies: it happened by itself. */
async function byItself(house: House, visitor: Visitor, act: () => Promise<void>) {
  const before = [sessionIdOf(visitor), calls(house).authorize]
  await act()
  expect([sessionIdOf(visitor), calls(house).authorize]).toEqual(before)
}

describe('someone removed early', () => {
  test('is refused at the age of the re-check', async ({ house }) => {
    house.tenant.end('alice')
    pass(house, 60)
    expect(await statusOf(alice)).toBe(403)
  })

  test('is in not a second longer, however often they come', async ({ house }) => {
    house.tenant.end('alice')
    pass(house, 59)
    expect(await statusOf(alice)).toBe(200)
    pass(house, 1)
    expect(await statusOf(alice)).toBe(403)
  })

  test('keeps the sign-in, and is told how to turn access on', async ({ house }) => {
    house.tenant.end('alice')
    pass(house, 60)
    const page = await alice.get('/sessions')
    expect(page.text).toContain('Check again')
    expect(await tracesOf(house, sessionIdOf(alice))).not.toEqual([])
  })

  test('is out in every browser', async ({ house }) => {
    const elsewhere = await house.visitor('alice')
    house.tenant.end('alice')
    pass(house, 60)
    expect([await statusOf(alice), await statusOf(elsewhere)]).toEqual([403, 403])
  })

  test('does not take others with them', async ({ house }) => {
    const ada = await house.visitor('ada')
    house.tenant.end('alice')
    pass(house, 60)
    expect([await statusOf(alice), await statusOf(ada)]).toEqual([403, 200])
  })

  test('is in again by themselves once they are assigned', async ({ house }) => {
    house.tenant.end('alice')
    pass(house, 60)
    expect(await statusOf(alice)).toBe(403)
    house.tenant.assign('alice', { minutes: 30, reason: 'comes back' })
    pass(house, 5)
    await byItself(house, alice, async () => expect(await statusOf(alice)).toBe(200))
  })
})

describe('someone refused at the door', () => {
  test('is in by themselves once they are assigned, without signing out', async ({ house }) => {
    const ben = await house.visitor('ben')
    expect(await statusOf(ben)).toBe(403)
    house.tenant.assign('ben', { minutes: 30, reason: 'refund 8841' })
    pass(house, 5)
    await byItself(house, ben, async () => expect(await statusOf(ben)).toBe(200))
  })

  test('costs no more than one question in five seconds', async ({ house }) => {
    const ben = await house.visitor('ben')
    const before = calls(house).token
    for (let visits = 0; visits < 10; visits++) await statusOf(ben)
    pass(house, 5)
    for (let visits = 0; visits < 10; visits++) await statusOf(ben)
    expect(calls(house).token).toBe(before + 1)
  })
})

describe('how old a membership may be', () => {
  test('up to three quarters of the age nobody is asked', async ({ house }) => {
    const before = calls(house).token
    pass(house, 44)
    await alice.get('/')
    await alice.get('/sessions')
    expect(calls(house).token).toBe(before)
  })

  test('from three quarters on Entra is asked while the page is served', async ({ house }) => {
    const before = calls(house).token
    const provenAt = house.clock.read().getTime()
    house.tenant.set({ slow: { token: 2_500 } })
    pass(house, 45)
    expect(await statusOf(alice)).toBe(200)
    const known = await house.members.sessions.read(sessionIdOf(alice))
    expect(known).toMatchObject({ membership: { provenAt } })
    await expect.poll(() => calls(house).token).toBe(before + 1)
  })

  test('what was asked in the background is the next proof', async ({ house }) => {
    pass(house, 45)
    await alice.get('/')
    const asked = house.clock.read().getTime()
    await expect
      .poll(() => house.members.sessions.read(sessionIdOf(alice)))
      .toMatchObject({ membership: { provenAt: asked } })
    const before = calls(house).token
    pass(house, 44)
    expect(await statusOf(alice)).toBe(200)
    expect(calls(house).token).toBe(before)
  })

  test('at the full age the page waits for the answer', async ({ house }) => {
    house.tenant.end('alice')
    house.tenant.set({ slow: { token: 700 } })
    pass(house, 60)
    expect(await statusOf(alice)).toBe(403)
  })

  test('many requests at once ask once', async ({ house }) => {
    const before = calls(house).token
    house.tenant.set({ slow: { token: 300 } })
    pass(house, 60)
    const statuses = await Promise.all(Array.from({ length: 40 }, () => statusOf(alice)))
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(calls(house).token).toBe(before + 1)
  })
})

describe('the groups of the newest token are the only ones', () => {
  const lies: [what: string, lie: NonNullable<SwitchesWish['lie']>][] = [
    ['other groups', { groups: ['e91b3d68-0f27-4ac5-b6d4-7c3f8e2a5d19'] }],
    ['no groups', { groups: [] }],
    ['no word of groups', { omit: ['groups'] }],
    ['a group that is no list', { groups: 'THE GROUP' }],
    ['nothing in the place of groups', { groups: null }],
  ]
  test.for(lies)('%s in it end access', async ([_what, lie], { house }) => {
    const groups = 'groups' in lie && lie.groups === 'THE GROUP' ? house.tenant.groups.access : undefined
    house.tenant.set({ lie: { ...lie, ...(groups && { groups }) } })
    pass(house, 60)
    expect(await statusOf(alice)).toBe(403)
  })
})

describe('when Entra says no about the person', () => {
  const codes = ['50173', '700082', '70043', '53003', '50076'] as const
  const refusals = codes.flatMap(what => [
    { what, as: 'invalid_grant' as const },
    { what, as: 'interaction_required' as const },
  ])

  test.for(refusals)(
    '$what as $as leads to a fresh sign-in, and nothing of the session stays',
    async (error, { house }) => {
      const sessionId = sessionIdOf(alice)
      house.tenant.set({ tokenError: { ...error, on: 'refresh' } })
      pass(house, 60)
      const answer = await alice.get('/sessions?page=2')
      expect([answer.status, answer.headers.location]).toEqual([302, '/auth/sign-in?returnTo=%2Fsessions%3Fpage%3D2'])
      expect(await tracesOf(house, sessionId)).toEqual([])
    },
  )

  // What the directory of error codes says of the person, the grant or a policy.
  test.for([
    ...(['50053', '50055', '50057', '50132', '50133', '65001', '70000', '70008', '700081', '700084'] as const),
    ...(['50074', '50078', '50079', '50097', '50129', '50131', '50158'] as const),
    ...(['53000', '53001', '53002', '530032', '530035'] as const),
  ])('%s leads to a fresh sign-in too', async (what, { house }) => {
    house.tenant.set({ tokenError: { what } })
    pass(house, 60)
    expect(await statusOf(alice)).toBe(302)
  })

  test.for(['login_required', 'consent_required'] as const)(
    '%s leads to a fresh sign-in too',
    async (as, { house }) => {
      house.tenant.set({ tokenError: { what: '50173', as } })
      pass(house, 60)
      expect(await statusOf(alice)).toBe(302)
    },
  )

  test('a script is told 401', async ({ house }) => {
    house.tenant.set({ tokenError: { what: '50173' } })
    pass(house, 60)
    expect((await alice.fetch('/')).status).toBe(401)
  })

  const events: [what: string, wish: SwitchesWish, reason: string][] = [
    ['whose sessions were revoked', { revoked: ['alice'] }, 'revoked'],
    ['whose account was disabled', { disabled: ['alice'] }, 'disabled'],
    ['whom a policy blocks', { blocked: ['alice'] }, 'blocked'],
    ['who must prove more', { tokenError: { what: '50076', on: 'refresh' } }, 'mfa-needed'],
    ['whose grant is too old', { tokenError: { what: '70043', on: 'refresh' } }, 'expired'],
  ]
  test.for(events)('someone %s is out, and the log says why', async ([_who, wish, reason], { house }) => {
    house.tenant.set(wish)
    pass(house, 60)
    expect(await statusOf(alice)).toBe(302)
    expect(eventsOf(house, 'session-over').at(-1)).toMatchObject({ reason, oid: house.tenant.people[0]?.oid })
  })

  test('the other sessions of the person end when they are asked about, not before', async ({ house }) => {
    const elsewhere = await house.visitor('alice')
    house.tenant.set({ tokenError: { what: '50173', on: 'refresh', when: 'next' } })
    pass(house, 60)
    expect([await statusOf(alice), await statusOf(elsewhere)]).toEqual([302, 200])
  })
})

describe('someone who is no longer assigned to the application', () => {
  test.beforeEach(({ house }) => {
    house.tenant.end('alice')
    house.tenant.set({ assignmentRequired: true })
    pass(house, 60)
  })

  test('is refused and stays signed in', async ({ house }) => {
    const answer = await alice.get('/sessions')
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('Alice Lindqvist')
    expect(await house.members.sessions.read(sessionIdOf(alice))).toMatchObject({
      membership: { member: false, reason: 'not-assigned' },
    })
  })

  test.for(['invalid_grant', 'interaction_required'] as const)(
    'is told so whatever Entra calls it (%s)',
    async (as, { house }) => {
      house.tenant.set({ tokenError: { what: '50105', as } })
      expect(await statusOf(alice)).toBe(403)
    },
  )

  test('is in by themselves once they are assigned', async ({ house }) => {
    expect(await statusOf(alice)).toBe(403)
    house.tenant.assign('alice', { minutes: 30, reason: 'comes back' })
    pass(house, 5)
    await byItself(house, alice, async () => expect(await statusOf(alice)).toBe(200))
  })
})

describe('when the fault is ours', () => {
  test.for(['7000215', '7000222'] as const)('%s signs nobody out and raises an alarm', async (what, { house }) => {
    house.tenant.set({ tokenError: { what } })
    pass(house, 60)
    const before = eventsOf(house, 'recheck-failed').length
    expect(await statusOf(alice)).toBe(200)
    const alarms = eventsOf(house, 'recheck-failed').slice(before)
    expect(alarms).toMatchObject([{ level: 50, code: 'sign-in-misconfigured', oid: house.tenant.people[0]?.oid }])
    expect(JSON.stringify(alarms)).toContain(what)
  })

  // What the directory of error codes says of the application, its registration and its requests.
  test.for([
    ...(['7000218', '700025', '700027', '50012', '50013', '500133', '700016', '70001', '7000112', '1000031'] as const),
    ...(['70003', '70011', '28002', '700022', '90008', '90009', '650052', '650056', '650057'] as const),
    ...(['50194', '90002', '90014', '900144', '9002313'] as const),
  ])('%s signs nobody out', async (what, { house }) => {
    house.tenant.set({ tokenError: { what } })
    pass(house, 60)
    expect(await statusOf(alice)).toBe(200)
  })

  test('an expired secret closes the doors after the grace, and a new one opens them by itself', async ({ house }) => {
    house.tenant.set({ tokenError: { what: '7000222' } })
    pass(house, 360)
    expect(await statusOf(alice)).toBe(200)
    pass(house, 1)
    expect(await statusOf(alice)).toBe(503)
    await mend(house, { tokenError: undefined })
    await byItself(house, alice, async () => expect(await statusOf(alice)).toBe(200))
  })
})

describe('while Entra cannot be asked', () => {
  const outages: [what: string, wish: SwitchesWish, mended: Parameters<typeof mend>[1]][] = [
    ['answers 503', faulty('503'), { tokenError: undefined }],
    ['answers 429', faulty('429'), { tokenError: undefined }],
    ['answers 500', faulty('500'), { tokenError: undefined }],
    ['answers nonsense', faulty('malformed'), { tokenError: undefined }],
    ['cuts the line', faulty('cut'), { tokenError: undefined }],
    ['is silent', faulty('hang'), { tokenError: undefined }],
    ['is down', { down: true }, { down: false }],
  ]
  function faulty(what: TokenError['what']): SwitchesWish {
    return { tokenError: { what, retryAfterSeconds: 1 } }
  }
  test.for(outages)(
    'because it %s, a member stays in for the grace, is told then, and comes back by itself',
    async ([_what, outage, mended], { house }) => {
      house.tenant.set(outage)
      pass(house, 60)
      expect(await statusOf(alice)).toBe(200)
      pass(house, 300)
      expect(await statusOf(alice)).toBe(200)
      pass(house, 1)
      const told = await alice.get('/sessions')
      expect([told.status, Number(told.headers['retry-after']) > 0]).toEqual([503, true])
      expect(told.text).toContain('We cannot confirm your access right now')
      expect(told.text).toContain('Alice Lindqvist')
      await mend(house, mended)
      await byItself(house, alice, async () => expect(await statusOf(alice)).toBe(200))
    },
  )

  test('a script is told so with a problem and a time to come back', async ({ house }) => {
    house.tenant.set({ down: true })
    pass(house, 361)
    const answer = await alice.fetch('/')
    expect([answer.status, answer.body.code]).toEqual([503, 'membership-unknown'])
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('someone refused is not let in by a grace', async ({ house }) => {
    const ben = await house.visitor('ben')
    house.tenant.assign('ben', { minutes: 30, reason: 'too early' })
    house.tenant.set({ down: true })
    pass(house, 30)
    expect(await statusOf(ben)).toBe(403)
  })

  test('nobody new is let in', async ({ house }) => {
    house.tenant.set({ tokenError: { what: '503' } })
    const ada = await house.visitor('ada', { signIn: false })
    expect((await ada.signIn('/')).status).toBe(503)
    expect(ada.cookies().has('gatehouse')).toBe(false)
  })

  test('someone removed meanwhile is out as soon as it answers', async ({ house }) => {
    house.tenant.set({ down: true })
    house.tenant.end('alice')
    pass(house, 100)
    expect(await statusOf(alice)).toBe(200)
    await mend(house, { down: false })
    expect(await statusOf(alice)).toBe(403)
  })

  test('many requests make one call, not one each', async ({ house }) => {
    house.tenant.set({ tokenError: { what: 'malformed' } })
    pass(house, 60)
    const before = calls(house).token
    for (let rounds = 0; rounds < 6; rounds++) await Promise.all(Array.from({ length: 11 }, () => statusOf(alice)))
    expect(calls(house).token).toBe(before + 1)
  })

  test('it is left alone for as long as it asks', async ({ house }) => {
    house.tenant.set({ tokenError: { what: '429', retryAfterSeconds: 2, when: 'next' } })
    pass(house, 60)
    const before = calls(house).token
    await alice.get('/')
    const throttledAt = performance.now()
    await expect
      .poll(async () => (await statusOf(alice)) === 200 && calls(house).token, { timeout: 10_000 })
      .toBe(before + 2)
    expect(performance.now() - throttledAt).toBeGreaterThan(1_900)
  })

  test.for([
    ['shorter than our own pause, if it asks for that', 2, 2],
    ['longer than our own pause, if it asks for that', 30, 30],
    ['but never for hours', 86_400, 60],
  ] as const)('%s', async ([_what, retryAfterSeconds, pauseSeconds], { house }) => {
    house.tenant.set({ tokenError: { what: '503', retryAfterSeconds } })
    pass(house, 60)
    await alice.get('/')
    const left = await house.redis.pttl(`${house.prefix}pause:${sessionIdOf(alice)}`)
    expect(left).toBeGreaterThan((pauseSeconds - 2) * 1000)
    expect(left).toBeLessThanOrEqual(pauseSeconds * 1000)
  })
})

describe('a refreshed token that names someone else ends the session', () => {
  const stranger = '11111111-2222-4333-8444-555555555555'
  test.for([
    ['another subject', { sub: 'somebody-else' }],
    ['another person', { oid: stranger }],
    ['another tenant', { tid: stranger }],
    ['another issuer', { iss: `https://login.microsoftonline.com/${stranger}/v2.0` }],
  ] as const)('%s', async ([_what, lie], { house }) => {
    const sessionId = sessionIdOf(alice)
    house.tenant.set({ lie })
    pass(house, 60)
    expect(await statusOf(alice)).toBe(302)
    expect(eventsOf(house, 'session-over').at(-1)).toMatchObject({ reason: 'other-person' })
    expect(await tracesOf(house, sessionId)).toEqual([])
  })
})

describe('a refreshed token that proves nothing', () => {
  const lies: [what: string, wish: SwitchesWish][] = [
    ['with a bad signature', { lie: { badSignature: true } }],
    ['with no signature', { lie: { alg: 'none' } }],
    ['signed with HS256', { lie: { alg: 'HS256' } }],
    ['signed with PS256', { lie: { alg: 'PS256' } }],
    ['signed with a key that is not published', { unknownKid: true }],
    ['for another application', { lie: { aud: '11111111-2222-4333-8444-555555555555' } }],
    ['that has run out', { lie: { exp: 1_700_000_000 } }],
    ['of another time', { lie: { iat: 1_700_000_000 } }],
    ['without a person', { lie: { omit: ['oid'] } }],
    ['without a subject', { lie: { omit: ['sub'] } }],
    ['without a tenant', { lie: { omit: ['tid'] } }],
    ['that is an access token', { lie: { typ: 'at+jwt' } }],
    ['that is an access token about somebody else', { lie: { typ: 'at+jwt', sub: 'somebody-else' } }],
    ['that is about another access token', { lie: { extra: { at_hash: 'LDktKdoQak3Pk0cnXxCltA' } } }],
  ]
  test.for(lies)(
    '%s keeps a member in for the grace, no longer, and lets nobody in',
    async ([_what, wish], { house }) => {
      const ben = await house.visitor('ben')
      house.tenant.assign('ben', { minutes: 30, reason: 'refund 8841' })
      house.tenant.set(wish)
      pass(house, 60)
      expect([await statusOf(alice), await statusOf(ben)]).toEqual([200, 403])
      pass(house, 300)
      expect([await statusOf(alice), await statusOf(ben)]).toEqual([200, 403])
      pass(house, 1)
      expect([await statusOf(alice), await statusOf(ben)]).toEqual([503, 403])
    },
  )
})

describe('the tokens of a session', () => {
  const tokens = (house: House) => house.services.vault.read(sessionIdOf(alice))

  test('are replaced by those of each refresh', async ({ house }) => {
    const before = await tokens(house)
    pass(house, 60)
    await alice.get('/')
    const since = await tokens(house)
    expect(since).toMatchObject({ refreshToken: expect.any(String) })
    expect(since).not.toEqual(before)
    expect((since as { refreshToken: string }).refreshToken).not.toBe((before as { refreshToken: string }).refreshToken)
  })

  test('go on through many refreshes', async ({ house }) => {
    for (let rounds = 0; rounds < 20; rounds++) {
      pass(house, 60)
      expect(await statusOf(alice)).toBe(200)
    }
  })

  test('without a refresh token among them, a fresh sign-in is the way on', async ({ house }) => {
    const before = (await tokens(house)) as Tokens
    const { refreshToken: _, ...rest } = before
    await house.services.vault.replace(sessionIdOf(alice), before, rest)
    expect(await statusOf(alice)).toBe(200)
    pass(house, 60)
    expect(await statusOf(alice)).toBe(302)
    const back = await alice.signIn('/sessions')
    expect([back.status, new URL(back.at).pathname]).toEqual([200, '/sessions'])
  })
})

describe('a sign-out while Entra is being asked is final', () => {
  test.for([
    ['and the page waits', 60],
    ['in the background', 45],
  ] as const)('%s', async ([_how, age], { house }) => {
    const sessionId = sessionIdOf(alice)
    const stolen = alice.cookieHeader()
    house.tenant.set({ slow: { token: 1_500 } })
    pass(house, age)
    const before = calls(house).token
    const waiting = alice.get('/')
    await expect.poll(() => calls(house).token).toBe(before + 1)
    const out = await house.visitor('alice', { signIn: false })
    out.cookies().set('gatehouse', alice.cookies().get('gatehouse') ?? '')
    expect((await out.post('/auth/sign-out')).status).toBe(200)
    const answer = await waiting
    expect(answer.status).toBe(age === 60 ? 302 : 200)
    await expect.poll(() => tracesOf(house, sessionId), { timeout: 5_000 }).toEqual([])
    const again = await out.send('get', '/', { headers: { Cookie: stolen, Accept: 'application/json' } })
    expect(again.status).toBe(401)
  })
})
