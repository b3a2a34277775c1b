import { describe, expect } from 'vitest'
import type { House } from '../support/house.ts'
import { endPauses, sessionIdOf } from '../support/stored.ts'
import { testInNew } from '../support/test-in.ts'
import type { Visitor } from '../support/visitor.ts'

const settings = {
  MEMBERSHIP_ROSTER: 'on',
  MEMBERSHIP_ROSTER_SECONDS: '15',
  MEMBERSHIP_RECHECK_SECONDS: '60',
  SESSION_IDLE_MINUTES: '240',
}
const test = testInNew({ now: '2026-03-02T12:00:00Z', settings })

const now = (house: House) => house.clock.read().getTime()
const statusOf = async (visitor: Visitor) => (await visitor.get('/')).status
const tokenCalls = (house: House) => house.tenant.calls.token
/** Lets time pass, and waits for a roster of that time. */
async function pass(house: House, time: { minutes?: number; seconds?: number }) {
  house.clock.advance(time)
  await expect
    .poll(() => house.members.news.roster()?.askedAt ?? 0, { timeout: 5_000 })
    .toBeGreaterThanOrEqual(now(house))
}
const mend = (house: House) => Object.assign(house.tenant.switches, { tokenError: undefined })
async function turnedOn(house: House, key: string): Promise<Visitor> {
  const visitor = await house.visitor(key)
  house.tenant.assign(key, { minutes: 240, reason: 'Refund 8841' })
  await pass(house, { seconds: 15 })
  expect(await statusOf(visitor)).toBe(200)
  return visitor
}

describe('while the roster lists somebody', () => {
  test('who signed in before turning on access and is revoked, they are out within ten minutes', async ({ house }) => {
    const ben = await turnedOn(house, 'ben')
    house.tenant.set({ revoked: ['ben'] })
    await pass(house, { minutes: 10 })
    expect(await statusOf(ben)).toBe(302)
  })

  test('of whom no token could say in which groups they are, a disabled account is out within ten minutes', async ({
    house,
  }) => {
    house.tenant.putInManyGroups('ben')
    house.tenant.set({ consentMissing: ['GroupMember.Read.All'] })
    const ben = await turnedOn(house, 'ben')
    house.tenant.disable('ben')
    await pass(house, { minutes: 10 })
    expect(await statusOf(ben)).toBe(302)
  })

  test('a revoked account is shown no page after an hour without one', async ({ house }) => {
    house.tenant.assign('alice', { minutes: 240, reason: 'Refund 8841' })
    const alice = await house.visitor('alice')
    house.tenant.set({ revoked: ['alice'] })
    await pass(house, { minutes: 60 })
    expect(await statusOf(alice)).toBe(302)
  })

  test('their own token is asked for once in ten minutes, also where it said no', async ({ house }) => {
    const ben = await turnedOn(house, 'ben')
    house.tenant.set({ tokenLagSeconds: 3_600 })
    const before = tokenCalls(house)
    for (let visits = 0; visits < 8; visits++) {
      await pass(house, { minutes: 3 })
      await statusOf(ben)
    }
    expect(tokenCalls(house) - before).toBe(2)
  })

  test('an Entra that cannot be asked keeps nobody waiting and out, and is asked no more than once a minute', async ({
    house,
  }) => {
    const ben = await turnedOn(house, 'ben')
    await pass(house, { minutes: 10 })
    house.tenant.set({ tokenError: { what: '500', on: 'refresh' } })
    const before = tokenCalls(house)
    for (let visits = 0; visits < 10; visits++) {
      expect(await statusOf(ben)).toBe(200)
      await endPauses(house)
    }
    expect(tokenCalls(house) - before).toBe(1)
    await pass(house, { minutes: 1 })
    mend(house)
    house.tenant.set({ revoked: ['ben'] })
    expect(await statusOf(ben)).toBe(302)
  })
})

describe('somebody to whom the application is not assigned any more, while the roster lists them', () => {
  let ben: Visitor
  test.beforeEach(async ({ house }) => {
    ben = await turnedOn(house, 'ben')
    house.tenant.set({ tokenError: { what: '50105', on: 'refresh' } })
    await pass(house, { minutes: 10 })
  })

  test('is refused, and stays signed in', async ({ house }) => {
    expect(await statusOf(ben)).toBe(403)
    expect(await house.services.sessions.read(sessionIdOf(ben))).toMatchObject({ ownProvenAt: now(house) })
  })

  test('stays refused however new the roster is', async ({ house }) => {
    for (const seconds of [15, 60, 600, 3_600]) {
      await pass(house, { seconds })
      expect([seconds, await statusOf(ben)]).toEqual([seconds, 403])
    }
  })

  test('stays refused while Entra cannot be asked', async ({ house }) => {
    expect(await statusOf(ben)).toBe(403)
    house.tenant.set({ tokenError: { what: '500', on: 'refresh' } })
    await pass(house, { minutes: 5 })
    expect(await statusOf(ben)).toBe(403)
  })

  test('is in by themselves at the next re-check once it is assigned again', async ({ house }) => {
    expect(await statusOf(ben)).toBe(403)
    mend(house)
    const session = sessionIdOf(ben)
    await pass(house, { seconds: 60 })
    expect([await statusOf(ben), sessionIdOf(ben)]).toEqual([200, session])
  })

  test('is in at once by "Check again"', async ({ house }) => {
    expect(await statusOf(ben)).toBe(403)
    mend(house)
    house.clock.advance({ seconds: 1 })
    await ben.post('/check-again', { returnTo: '/' })
    await ben.signIn('/auth/sign-in?returnTo=%2F')
    expect(await statusOf(ben)).toBe(200)
  })

  test('is in by the roster once a token was given, though nobody can say from it which groups it holds', async ({
    house,
  }) => {
    expect(await statusOf(ben)).toBe(403)
    mend(house)
    house.tenant.putInManyGroups('ben')
    house.tenant.set({ consentMissing: ['GroupMember.Read.All'] })
    await pass(house, { seconds: 60 })
    await statusOf(ben)
    await pass(house, { seconds: 15 })
    expect(await statusOf(ben)).toBe(200)
  })
})
