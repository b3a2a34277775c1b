import { describe, expect, test } from 'vitest'
import {
  askedOf,
  openSelfService,
  progressOf,
  someoneIn,
  trailOf,
  turnOn,
  turnOnWithPasskey,
  until,
} from '../../support/self-service.ts'
import { sessionIdOf } from '../../support/stored.ts'
import { wayOn } from '../../support/visitor.ts'

describe('a person who may turn on access', () => {
  test('says why, touches the passkey once, and is on the page first asked for', async () => {
    await using house = await openSelfService()
    const ben = await house.visitor('ben')
    expect((await ben.get('/sessions')).status).toBe(403)
    await turnOnWithPasskey(ben, '/sessions')
    await until(house, ben, 'in')
    const landed = await ben.follow('/access/turning-on')
    expect([landed.status, landed.at]).toEqual([200, `${house.baseUrl}/sessions`])
  })
  test('is asked for no passkey where the policy asks for none', async () => {
    await using house = await openSelfService()
    house.tenant.setPolicy({ context: false })
    const ben = await house.visitor('ben')
    const sent = await turnOn(ben, '/')
    expect(sent.at).toMatch(/\/access\/turning-on\?|\/$/)
    expect(await until(house, ben, 'in')).toBeLessThanOrEqual(2)
  })
  test('is in within two seconds of the membership being readable, however long that took', async () => {
    await using house = await openSelfService()
    house.tenant.set({ tokenLagSeconds: 120 })
    const ben = await house.visitor('ben')
    await turnOnWithPasskey(ben, '/')
    const waited = await until(house, ben, 'in', 150)
    expect(waited).toBeGreaterThanOrEqual(119)
    expect(waited).toBeLessThanOrEqual(122)
  })
  test('goes on under a new session id, and the old one is nobody’s', async () => {
    await using house = await openSelfService()
    const ben = await house.visitor('ben')
    await turnOnWithPasskey(ben, '/')
    await until(house, ben, 'in')
    const before = ben.cookieHeader()
    const old = sessionIdOf(ben)
    await ben.follow('/access/turning-on')
    expect(sessionIdOf(ben)).not.toBe(old)
    const thief = await house.visitor('ben', { signIn: false })
    expect((await thief.get('/', { headers: { Cookie: before } })).status).toBe(302)
  })
  test('keeps their session id when the browser only looks ahead: what it throws away takes no cookie along', async () => {
    await using house = await openSelfService()
    const ben = await house.visitor('ben')
    await turnOnWithPasskey(ben, '/')
    await until(house, ben, 'in')
    const before = sessionIdOf(ben)
    await ben.get('/access/turning-on', { headers: { 'Sec-Purpose': 'prefetch' } })
    await ben.get('/access/turning-on', { headers: { 'Sec-Purpose': 'prefetch;prerender' } })
    await ben.get('/access/turning-on', { headers: { Purpose: 'prefetch' } })
    await ben.get('/access/turning-on', { headers: { 'X-Purpose': 'preview' } })
    await ben.get('/access/turning-on', { headers: { 'X-Moz': 'prefetch' } })
    expect(sessionIdOf(ben)).toBe(before)
    await ben.follow('/access/turning-on')
    expect(sessionIdOf(ben)).not.toBe(before)
  })
  test('is recorded before and after, with the reason and Microsoft’s request', async () => {
    await using house = await openSelfService()
    await someoneIn(house)
    const trail = await trailOf(house)
    expect(trail.map(({ event }) => event)).toEqual(['activationRequested', 'activationCompleted'])
    expect(trail[1]).toMatchObject({
      actor: { name: 'Ben Okafor' },
      reason: 'Refund 8841, approved by Lee',
      minutes: 60,
      request: askedOf(house)[0]?.id,
      status: 'provisioned',
    })
  })
  test('knows the end to the second, from PIM itself', async () => {
    await using house = await openSelfService()
    const ben = await someoneIn(house)
    const end = askedOf(house)[0]?.until?.getTime() ?? 0
    house.clock.set(new Date(end - 1000).toISOString())
    expect((await ben.get('/')).status).toBe(200)
    house.clock.set(new Date(end).toISOString())
    expect((await ben.get('/')).status).toBe(403)
  })
  test('is out at that second though tokens still name the group for two minutes', async () => {
    await using house = await openSelfService()
    const ben = await someoneIn(house)
    const end = askedOf(house)[0]?.until?.getTime() ?? 0
    house.tenant.set({ tokenLagSeconds: 110, membersLagSeconds: 110 })
    for (const seconds of [0, 6, 60, 100, 119, 130]) {
      house.clock.set(new Date(end + seconds * 1000).toISOString())
      expect((await ben.get('/')).status).toBe(403)
    }
  })
})

describe('a wish is sent once:', () => {
  test('a form that is sent twice turns on access once', async () => {
    await using house = await openSelfService()
    house.tenant.setPolicy({ context: false })
    const ben = await house.visitor('ben')
    await Promise.all([turnOn(ben), turnOn(ben), turnOn(ben)])
    expect(askedOf(house)).toHaveLength(1)
  })
  test.each(['done-but-504', 'done-but-hang', '202'] as const)(
    'a wish that was answered with %s is found, and not sent again',
    { timeout: 30_000 },
    async what => {
      await using house = await openSelfService()
      house.tenant.setPolicy({ context: false })
      const ben = await house.visitor('ben')
      house.tenant.set({ graphError: { what, where: 'requests', method: 'POST', when: 'next' } })
      await turnOn(ben)
      await until(house, ben, 'in')
      expect(askedOf(house)).toHaveLength(1)
      expect(house.tenant.calls.graph.requests).toBeGreaterThan(0)
    },
  )
  test('a person whose wish did not happen is told so, with all that was typed, and nothing is sent again by itself', async () => {
    await using house = await openSelfService()
    house.tenant.setPolicy({ context: false })
    const ben = await house.visitor('ben')
    house.tenant.set({ graphError: { what: '503', where: 'requests', method: 'POST', when: 'next' } })
    await turnOn(ben)
    expect(await until(house, ben, 'refused', 150)).toBeGreaterThan(100)
    expect(askedOf(house)).toHaveLength(0)
    expect((await ben.get('/')).text).toContain('Refund 8841, approved by Lee')
  })
  test('a lost answer is found also where only those who may write may read what was asked of PIM', async () => {
    await using house = await openSelfService()
    house.tenant.set({ requestReaders: 'writers' })
    house.tenant.setPolicy({ context: false })
    const ben = await house.visitor('ben')
    await turnOn(ben)
    await until(house, ben, 'in')
    expect(askedOf(house)).toHaveLength(1)
  })
  test('a callback that comes twice sends nothing twice', async () => {
    await using house = await openSelfService()
    const ben = await house.visitor('ben')
    const asked = await turnOn(ben)
    const chosen = await ben.post(asked.at, { method: 'passkey' })
    let at = new URL(chosen.headers.location ?? '', asked.at).href
    while (!at.includes('/auth/callback')) at = new URL((await ben.get(at)).headers.location ?? '', at).href
    await ben.get(at)
    await ben.get(at)
    expect(askedOf(house)).toHaveLength(1)
  })
  test('a code that Entra takes no more is asked for anew, with the wish and what it needs, and it is sent once', async () => {
    await using house = await openSelfService()
    const ben = await house.visitor('ben')
    const asked = await turnOn(ben)
    house.tenant.set({ tokenError: { what: '70008', on: 'code', when: 'next' } })
    const chosen = await ben.post(asked.at, { method: 'passkey' })
    let at = new URL(chosen.headers.location ?? '', asked.at).href
    while (!at.includes('/auth/callback')) at = new URL((await ben.get(at)).headers.location ?? '', at).href
    const again = new URL((await ben.get(at)).headers.location ?? '', at)
    expect(JSON.parse(again.searchParams.get('claims') ?? '{}')).toMatchObject({
      access_token: { acrs: { value: 'c1' } },
    })
    await ben.answer(await ben.follow(again.href), { method: 'passkey' })
    await until(house, ben, 'in')
    expect(askedOf(house)).toHaveLength(1)
  })
  test('a wish that waited ten minutes for its passkey is not sent', async () => {
    await using house = await openSelfService()
    const ben = await house.visitor('ben')
    const asked = await turnOn(ben)
    house.clock.advance({ minutes: 10 })
    await ben.answer(asked, { method: 'passkey' })
    expect(askedOf(house)).toHaveLength(0)
  })
})

describe('a check on the way', () => {
  test('that is cancelled sends nothing, and what was typed is still there', async () => {
    await using house = await openSelfService()
    const ben = await house.visitor('ben')
    const asked = await turnOn(ben, '/sessions')
    const back = await ben.answer(asked, { cancel: '1' })
    expect([back.status, back.at]).toEqual([403, `${house.baseUrl}/sessions`])
    expect(back.text).toContain('Refund 8841, approved by Lee')
    expect(askedOf(house)).toHaveLength(0)
  })
  test('that another account meets sends nothing, for neither of them', async () => {
    await using house = await openSelfService()
    const ben = await house.visitor('ben')
    house.tenant.set({ wrongAccount: 'alice' })
    const back = await turnOnWithPasskey(ben)
    expect(back.status).toBe(403)
    expect(askedOf(house)).toHaveLength(0)
    expect(askedOf(house, 'alice')).toHaveLength(1)
  })
  test('that Microsoft asks for is met also where the policy could not be read', async () => {
    await using house = await openSelfService()
    house.tenant.set({ policyReaders: 'administrators' })
    const ben = await house.visitor('ben')
    await turnOnWithPasskey(ben)
    await until(house, ben, 'in')
    expect(askedOf(house)).toHaveLength(1)
  })
  test.each(['plain', 'wrapped'] as const)(
    'that Microsoft asks for in the %s envelope is understood',
    async graphEnvelope => {
      await using house = await openSelfService()
      house.tenant.set({ policyReaders: 'administrators', graphEnvelope })
      const ben = await house.visitor('ben')
      await turnOnWithPasskey(ben)
      await until(house, ben, 'in')
    },
  )
  test('works with a tenant that takes such tokens only from apps that understand challenges', async () => {
    await using house = await openSelfService()
    house.tenant.set({ demandsCp1: true })
    const ben = await house.visitor('ben')
    await turnOnWithPasskey(ben)
    await until(house, ben, 'in')
  })
  test('that is never enough ends in a page that explains, not in a circle', async () => {
    await using house = await openSelfService()
    house.tenant.set({ acrsNeverEnough: true })
    const ben = await house.visitor('ben')
    const end = await turnOnWithPasskey(ben, '/sessions')
    expect(end.status).toBe(403)
    expect(end.text).toContain('asking you once more would not help')
    expect(house.tenant.calls.authorize).toBeLessThanOrEqual(4)
  })
  test('for a second factor, where the policy asks for no context, has the person sign in anew, and then the wish is sent', async () => {
    await using house = await openSelfService()
    house.tenant.setPolicy({ context: false, mfa: true })
    const ben = await house.visitor('ben')
    const asked = await turnOn(ben)
    await ben.answer(asked, { person: 'ben', method: 'passkey' })
    await until(house, ben, 'in')
    expect(askedOf(house)).toHaveLength(1)
  })
  test('for a second factor that does not come is made once more, and then no more', async () => {
    await using house = await openSelfService()
    house.tenant.setPolicy({ context: false, mfa: true })
    const ben = await house.visitor('ben')
    const asked = await turnOn(ben)
    const end = await ben.answer(asked, { person: 'ben', method: 'password' })
    expect(end.status).toBe(403)
    expect(askedOf(house)).toHaveLength(0)
  })
  test('for a context that the policy has changed since is made once more, with the new context', async () => {
    await using house = await openSelfService()
    house.tenant.set({ contextsWithPolicy: ['c1', 'c2'] })
    const ben = await house.visitor('ben')
    const asked = await turnOn(ben)
    house.tenant.setPolicy({ context: 'c2' })
    await ben.answer(asked, { method: 'passkey' })
    await until(house, ben, 'in')
    expect(askedOf(house)).toHaveLength(1)
  })
  test('goes to Entra with exactly what was asked for, as this person', async () => {
    await using house = await openSelfService()
    const ben = await house.visitor('ben')
    const sent = await ben.post('/access', { reason: 'Refund 8841, approved', minutes: '60', returnTo: '/' })
    const query = new URL(wayOn(sent) ?? '').searchParams
    expect(JSON.parse(query.get('claims') ?? '')).toEqual({
      access_token: { acrs: { essential: true, value: 'c1' }, xms_cc: { values: ['cp1'] } },
    })
    expect(query.get('login_hint')).toBeTruthy()
  })
})

describe('a wish that needs approval', () => {
  const asking = async () => {
    const house = await openSelfService()
    house.tenant.setPolicy({ context: false, approval: { approvers: ['lena'] } })
    const ben = await house.visitor('ben')
    await turnOn(ben, '/sessions')
    const id = askedOf(house)[0]?.id ?? ''
    return { house, ben, id, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() }
  }
  test('waits, and lets the person in within five seconds of the yes', async () => {
    await using scene = await asking()
    const { house, ben, id } = scene
    expect((await progressOf(ben)).step).toBe('waiting')
    house.clock.advance({ minutes: 7 })
    expect((await progressOf(ben)).step).toBe('waiting')
    house.tenant.approve(id, 'lena', 'ok')
    expect(await until(house, ben, 'in')).toBeLessThanOrEqual(5)
  })
  test.each([
    [
      'denied',
      (house: Awaited<ReturnType<typeof asking>>['house'], id: string) =>
        house.tenant.deny(id, 'lena', 'Use staging for this'),
    ],
    ['lapsed', (house: Awaited<ReturnType<typeof asking>>['house']) => house.clock.advance({ hours: 24, seconds: 5 })],
    [
      'cancelled',
      (house: Awaited<ReturnType<typeof asking>>['house'], id: string) => house.tenant.cancelRequest(id, 'ben'),
    ],
  ] as const)('and is %s: the person hears so, and nothing typed is lost', async (step, act) => {
    await using scene = await asking()
    const { house, id } = scene
    act(house, id)
    const ben = step === 'lapsed' ? await house.visitor('ben') : scene.ben
    expect((await progressOf(ben)).step).toBe(step)
    expect((await ben.get('/sessions')).text).toContain('Refund 8841, approved by Lee')
  })
  test('can be taken back by the person, which is recorded', async () => {
    await using scene = await asking()
    const { house, ben } = scene
    await ben.post('/access/cancel')
    expect((await progressOf(ben)).step).toBe('cancelled')
    expect((await trailOf(house)).map(({ event }) => event).slice(-2)).toEqual([
      'cancellationRequested',
      'cancellationCompleted',
    ])
  })
})
