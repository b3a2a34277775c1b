import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'
import { storedOf } from '../../support/stored.ts'
import type { Visitor } from '../../support/visitor.ts'

type Other = Awaited<ReturnType<typeof openReplica>>
const now = '2026-03-02T12:00:00Z'
const clocks: [string, number][] = [
  ['25 s ahead', 25_000],
  ['25 s behind', -25_000],
]
const appPermissions = ['Group.Read.All', 'PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All']
const graphCallsOf = ({ tenant }: House) => Object.values(tenant.calls.graph).reduce((sum, count) => sum + count, 0)
const isSentToSignIn = ({ status }: { status: number }) => status === 302

/** Begins at `out`, and comes back where `back` says. */
async function signInThrough(
  house: House,
  visitor: Visitor,
  { out, back }: { out: string; back: (url: string) => string },
) {
  let at = (await visitor.get(`${out}/auth/sign-in`)).headers.location ?? ''
  while (!at.startsWith(`${house.baseUrl}/auth/callback`)) {
    const page = await visitor.get(at)
    const answer = page.headers.location ? page : await visitor.post(at, { person: visitor.key, method: 'password' })
    at = new URL(answer.headers.location ?? '', at).href
  }
  return visitor.get(back(at))
}

describe.each(clocks)('over one Redis with a replica whose clock is %s', (_what, aheadMs) => {
  let house: House
  let other: Other
  const settings = { MEMBERSHIP_RECHECK_SECONDS: '60' }
  beforeEach(async () => {
    house = await openHouse({ now, settings })
    other = await openReplica(house, {}, { aheadMs })
  })
  afterEach(async () => {
    await other[Symbol.asyncDispose]()
    await house[Symbol.asyncDispose]()
  })
  const both = () => [house, other]

  test('a sign-in begun at the one ends at the other, in both directions', async () => {
    for (const [from, to] of [both(), both().reverse()] as [House, Other][]) {
      const alice = await house.visitor('alice', { signIn: false })
      const back = (url: string) => url.replace(house.baseUrl, to.baseUrl)
      expect((await signInThrough(house, alice, { out: from.baseUrl, back })).status).toBe(303)
      for (const { baseUrl } of both()) expect((await alice.get(`${baseUrl}/`)).status).toBe(200)
    }
  })

  test('a second tab that begins at the other leaves the first one’s sign-in alone', async () => {
    const alice = await house.visitor('alice', { signIn: false })
    for (const { baseUrl } of [...both(), ...both()]) await alice.get(`${baseUrl}/auth/sign-in`)
    expect([...alice.cookies().keys()].filter(name => name.includes('sign-in-'))).toHaveLength(4)
  })

  test('ten minutes of pages, in turns, ask Entra hardly more often than one replica does', async () => {
    const alice = await house.visitor('alice')
    const redeemed = house.tenant.calls.token
    for (let second = 0; second < 600; second += 5) {
      house.clock.advance({ seconds: 5 })
      for (const { baseUrl } of both()) expect((await alice.get(`${baseUrl}/`)).status).toBe(200)
    }
    // One replica: every 45 s, in the background.
    expect(house.tenant.calls.token - redeemed).toBeLessThanOrEqual(20)
  })

  test('a removal is found at both, and turning on again too', async () => {
    const alice = await house.visitor('alice')
    house.tenant.end('alice')
    house.clock.advance({ seconds: 90 })
    for (const { baseUrl } of both()) expect((await alice.get(`${baseUrl}/`)).status).toBe(403)
    house.clock.advance({ minutes: 5 })
    house.tenant.assign('alice', { minutes: 60, reason: 'Refund 8841' })
    house.clock.advance({ seconds: 6 })
    for (const { baseUrl } of both()) expect((await alice.get(`${baseUrl}/`)).status, baseUrl).toBe(200)
  })

  test('somebody refused at both, in turns, is asked about no more often than twice in five seconds', async () => {
    const oskar = await house.visitor('oskar')
    const redeemed = house.tenant.calls.token
    for (let second = 0; second < 60; second++) {
      house.clock.advance({ seconds: 1 })
      for (const { baseUrl } of both()) expect((await oskar.get(`${baseUrl}/`)).status).toBe(403)
    }
    expect(house.tenant.calls.token - redeemed).toBeLessThanOrEqual(24)
  })

  test('a form kept at the one is taken out at the other', async () => {
    const owner = { person: { tenantId: house.tenant.tenantId, objectId: 'somebody' }, path: '/refunds' }
    for (const [from, to] of [both(), both().reverse()] as [House, Other][]) {
      const id = await from.services.drafts.keep(owner, [['amount', '12']])
      expect(await to.services.drafts.look(owner, id)).toEqual([['amount', '12']])
    }
  })
})

describe.each(clocks)('with the roster on, and a replica whose clock is %s', (_what, aheadMs) => {
  const settings = { MEMBERSHIP_ROSTER: 'on', MEMBERSHIP_ROSTER_SECONDS: '15', SESSION_IDLE_MINUTES: '240' }
  let house: House
  let other: Other
  beforeEach(async () => {
    house = await openHouse({ now, settings, tenant: { switches: { appPermissions } } })
    other = await openReplica(house, {}, { aheadMs })
    await expect
      .poll(() => house.members.news.roster() && other.members.news.roster(), { timeout: 10_000 })
      .toBeDefined()
  })
  afterEach(async () => {
    await other[Symbol.asyncDispose]()
    await house[Symbol.asyncDispose]()
  })
  const both = () => [house, other]
  const at = (seconds: number) => house.clock.advance({ seconds })
  const looks = (times: number) => new Promise(resolve => setTimeout(resolve, times * 500))

  test('what is announced at either is known at both: whoever was removed is out, and nobody asks in a storm', async () => {
    for (const from of both()) {
      house.tenant.assign('ben', { minutes: 60, reason: 'Refund 8841' })
      at(20)
      const ben = await house.visitor('ben')
      for (const { baseUrl } of both()) await expect.poll(async () => (await ben.get(`${baseUrl}/`)).status).toBe(200)
      house.tenant.end('ben')
      const asked = { token: house.tenant.calls.token, graph: graphCallsOf(house) }
      await from.members.news.announce()
      for (let look = 0; look < 10; look++) {
        at(1)
        await looks(1)
        await Promise.all(both().map(({ baseUrl }) => ben.get(`${baseUrl}/`)))
      }
      for (const { baseUrl } of both()) expect((await ben.get(`${baseUrl}/`)).status).toBe(403)
      expect(house.tenant.calls.token - asked.token).toBeLessThan(12)
      expect(graphCallsOf(house) - asked.graph).toBeLessThan(20)
      at(300)
    }
  })

  test('in a minute Graph is asked for the roster hardly more often than by one replica', async () => {
    const asked = graphCallsOf(house)
    for (let second = 0; second < 60; second += 5) {
      at(5)
      await looks(1)
    }
    expect(graphCallsOf(house) - asked).toBeLessThanOrEqual(2 * (60 / 15 + 3))
  })

  test('access ends at each by its own clock, and not sooner', async () => {
    house.tenant.assign('ben', { minutes: 5, reason: 'Refund 8841' })
    at(20)
    const ben = await house.visitor('ben')
    const end = Date.parse(now) + 5 * 60_000
    for (let left = 40; left > -40; left -= 4) {
      house.clock.set(new Date(end - left * 1000 + 1).toISOString())
      await looks(1)
      for (const { baseUrl, ahead } of [
        { ...house, ahead: 0 },
        { ...other, ahead: aheadMs },
      ]) {
        const [real, own] = [house.clock.read().getTime(), house.clock.read().getTime() + ahead]
        const { status } = await ben.get(`${baseUrl}/`)
        if (end <= own) expect(status, `${left} s left, ${ahead}`).toBe(403)
        // Behind: it may learn from the other, or from Microsoft, that it has ended.
        else if (end > real) expect(status, `${left} s left, ${ahead}`).toBe(200)
      }
    }
  })
})

describe('with a replica whose clock is an hour ahead', () => {
  let house: House
  let other: Other
  beforeEach(async () => {
    house = await openHouse({ now })
    other = await openReplica(house, {}, { aheadMs: 3_600_000 })
  })
  afterEach(async () => {
    await other[Symbol.asyncDispose]()
    await house[Symbol.asyncDispose]()
  })

  test('nobody loses the session, the tokens or the place among one’s sessions', async () => {
    const [alice, elsewhere] = [await house.visitor('alice'), await house.visitor('alice')]
    for (const visitor of [alice, elsewhere]) expect(isSentToSignIn(await visitor.get(`${other.baseUrl}/`))).toBe(true)
    expect((await alice.get('/sessions')).text.match(/class="card session"/g)).toHaveLength(2)
    house.clock.advance({ minutes: 2 })
    expect((await alice.get('/')).status).toBe(200)
    expect((await elsewhere.get('/')).status).toBe(200)
  })

  test('a front-channel sign-out that comes there ends the session all the same, however far its clock is ahead', async () => {
    await using tomorrow = await openReplica(house, {}, { aheadMs: 24 * 3_600_000 })
    const alice = await house.visitor('alice')
    const { sid } = (await storedOf(house, alice)).record.identity
    expect((await alice.get(`${tomorrow.baseUrl}/auth/front-channel-logout?sid=${sid}`)).status).toBe(200)
    expect(isSentToSignIn(await alice.get('/'))).toBe(true)
  })

  test('a sign-in begun at the right one stays when another is begun there', async () => {
    const alice = await house.visitor('alice', { signIn: false })
    const { location = '' } = (await alice.get('/auth/sign-in')).headers
    await alice.get(`${other.baseUrl}/auth/sign-in`)
    expect((await alice.signIn(location)).status).toBe(200)
  })

  test('a form kept at the right one stays when it is looked for there', async () => {
    const owner = { person: { tenantId: house.tenant.tenantId, objectId: 'somebody' }, path: '/refunds' }
    const id = await house.services.drafts.keep(owner, [['amount', '12']])
    expect(await other.services.drafts.look(owner, id)).toBeUndefined()
    expect(await house.services.drafts.look(owner, id)).toEqual([['amount', '12']])
  })
})

test.each([
  [30_000, 200],
  [31_000, 400],
])('a sign-in begun by a clock %i ms ahead is answered %i at the one it comes back to', async (aheadMs, expected) => {
  await using house = await openHouse({ now })
  await using other = await openReplica(house, {}, { aheadMs })
  const alice = await house.visitor('alice', { signIn: false })
  const { location = '' } = (await alice.get(`${other.baseUrl}/auth/sign-in`)).headers
  expect((await alice.signIn(location)).status).toBe(expected)
})
