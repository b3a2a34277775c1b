import { describe, expect } from 'vitest'
import { pages } from '../../../src/pages.ts'
import { post, redirect } from '../../../src/web/page.ts'
import { callback } from '../../support/at-entra.ts'
import type { House } from '../../support/house.ts'
import { endPauses, eventsIn, sessionIdOf } from '../../support/stored.ts'
import { testIn } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

const received: unknown[] = []
const receiving = ({ form }: { form: unknown }) => {
  received.push(form)
  return redirect('/')
}
const table = [...pages, await post('/refunds', 'members', Promise.resolve({ default: () => receiving }))]

const test = testIn({ now: '2026-03-02T12:00:00Z', pages: table, settings: { PIM_SELF_SERVICE: 'on' } })
test.afterEach(async ({ house }) => {
  house.tenant.reset()
  await endPauses(house)
  received.length = 0
})

const pass = (house: House, seconds: number) => house.clock.advance({ seconds })
const statusOf = async (visitor: Visitor, path = '/') => (await visitor.get(path)).status
const pauseOf = (house: House, visitor: Visitor) => house.redis.pttl(`${house.prefix}pause:${sessionIdOf(visitor)}`)

describe('too many requests of one kind (50196)', () => {
  test('end no session, and are paused for longer each time', async ({ house }) => {
    const alice = await house.visitor('alice')
    house.tenant.set({ tokenError: { what: '50196', on: 'refresh' } })
    pass(house, 60)
    const pauses: number[] = []
    for (let times = 0; times < 5; times++) {
      expect(await statusOf(alice)).toBe(200)
      pauses.push(Math.ceil((await pauseOf(house, alice)) / 5_000) * 5)
      await endPauses(house)
    }
    expect(pauses).toEqual([5, 10, 20, 40, 60])
    pass(house, 301)
    expect(await statusOf(alice)).toBe(503)
    Object.assign(house.tenant.switches, { tokenError: undefined })
    await endPauses(house)
    expect(await statusOf(alice)).toBe(200)
  })

  test('are no reason to begin a sign-in anew, which would be one more', async ({ house }) => {
    const alice = await house.visitor('alice', { signIn: false })
    house.tenant.set({ tokenError: { what: '50196', on: 'code' } })
    expect((await callback(house, alice)).status).toBe(503)
    expect(house.tenant.calls.token).toBeGreaterThan(0)
  })

  test('end no session either where somebody turns on access', async ({ house }) => {
    const ben = await house.visitor('ben')
    house.tenant.set({ tokenError: { what: '50196', on: 'refresh' } })
    await statusOf(ben)
    expect(await house.members.sessions.read(sessionIdOf(ben))).toBeDefined()
  })
})

test('"not assigned" that is learned where somebody turns on access refuses them at once', async ({ house }) => {
  const alice = await house.visitor('alice')
  const who = {
    sessionId: sessionIdOf(alice),
    identity: (await house.members.sessions.read(sessionIdOf(alice)))?.identity,
  }
  house.tenant.set({ tokenError: { what: '50105', on: 'refresh' } })
  await house.services.pimToken.get(who as never).catch(() => {})
  expect(await house.members.sessions.read(sessionIdOf(alice))).toMatchObject({
    membership: { member: false, reason: 'not-assigned' },
  })
  expect(await statusOf(alice)).toBe(403)
})

describe('someone whom a policy blocks at re-checks only', () => {
  const blockedEvents = (house: House) => eventsIn(house.logged, 'blocked-at-recheck')
  const blockAtRefresh = (house: House) => house.tenant.set({ tokenError: { what: '53003', on: 'refresh' } })

  test('is named in the log from the second time on, with what to do', async ({ house }) => {
    const ada = await house.visitor('ada')
    blockAtRefresh(house)
    pass(house, 60)
    expect(await statusOf(ada)).toBe(302)
    expect(blockedEvents(house)).toEqual([])
    await ada.signIn('/')
    pass(house, 60)
    expect(await statusOf(ada)).toBe(302)
    expect(blockedEvents(house)).toMatchObject([
      { level: 50, times: 2, msg: expect.stringContaining('trusted locations') },
    ])
  })

  test('is not named where a new policy ends an old session', async ({ house }) => {
    const carl = await house.visitor('oskar')
    const before = blockedEvents(house).length
    blockAtRefresh(house)
    for (let hours = 0; hours < 2; hours++) {
      pass(house, 3_700)
      await statusOf(carl)
    }
    expect(blockedEvents(house).length).toBe(before)
  })

  test('finds the form that met it again after the sign-in, and can send it', async ({ house }) => {
    const alice = await house.visitor('alice')
    blockAtRefresh(house)
    pass(house, 60)
    const answer = await alice.post('/refunds', { reason: 'Refund 8841' })
    expect([answer.status, received]).toEqual([401, []])
    expect(answer.text).toContain('Sign in, then send it')
    const link = answer.text.match(/href="(\/kept-form\/[^"]+)"/)?.[1] ?? ''
    const shown = await alice.signIn(link)
    expect(shown.status).toBe(200)
    expect(shown.text).toContain('Refund 8841')
  })

  test('leaves their form to nobody else who signs in there', async ({ house }) => {
    const alice = await house.visitor('alice')
    blockAtRefresh(house)
    pass(house, 60)
    const answer = await alice.post('/refunds', { reason: 'Refund 8841' })
    const link = answer.text.match(/href="(\/kept-form\/[^"]+)"/)?.[1] ?? ''
    const other = await (await house.visitor('ada')).get(link)
    expect(other.text).not.toContain('Refund 8841')
  })

  test('with a script, is told so as ever', async ({ house }) => {
    const alice = await house.visitor('alice')
    blockAtRefresh(house)
    pass(house, 60)
    const sent = { 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty', Accept: 'application/json' }
    const answer = await alice.post('/refunds', { reason: 'Refund 8841' }, sent)
    expect([answer.status, answer.headers['content-type']]).toEqual([401, expect.stringContaining('problem+json')])
  })
})
