import { expect } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { createOidc } from '../../../src/entra/oidc/oidc.ts'
import type { Tokens } from '../../../src/entra/oidc/signed-in.ts'
import { createRecheck } from '../../../src/gate/asking/recheck.ts'
import { createLeases } from '../../../src/session/replicas/lease.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import { createSessions } from '../../../src/session/sessions.ts'
import { createVault } from '../../../src/session/vault.ts'
import type { House } from '../../support/house.ts'
import { sessionIdOf } from '../../support/stored.ts'
import { testIn } from '../../support/test-in.ts'

let id: string
const test = testIn({ now: '2026-03-02T12:00:00Z' })
test.beforeEach(async ({ house }) => {
  id = sessionIdOf(await house.visitor('alice'))
  house.clock.advance({ seconds: 60 })
})
test.afterEach(({ house }) => house.tenant.reset())

type Changes = {
  inFlight?: { atOnce: number; waiting: number; longestWaitMs: number }
  fetch?: typeof globalThis.fetch
  secrets?: House['config']['session']['secrets']
  aheadMs?: number
}

/** One more replica of the house, as far as re-checks go; each can be a little different. */
function replica(house: House, { fetch, secrets = house.config.session.secrets, aheadMs = 0, inFlight }: Changes = {}) {
  const { config, services, prefix } = house
  const { redis, log, proof, census } = services
  const clock = () => new Date(house.clock.read().getTime() + aheadMs)
  const seal = createSeal(secrets)
  const vault = createVault({ redis, seal, prefix })
  const sessions = createSessions({ config, clock, redis, seal, vault, log, census })
  const leases = createLeases({ redis, prefix })
  const oidc = createOidc({ config, clock, ...(fetch && { fetch }) })
  return {
    vault,
    sessions,
    leases,
    recheck: createRecheck({
      ...{ clock, oidc, vault, sessions, leases, proof, log },
      gates: [{ name: 'members' }],
      ...(inFlight && { inFlight }),
    })('members'),
  }
}
const now = (house: House) => house.clock.read().getTime()
const minuteAgo = (house: House) => now(house) - 60_000
const membership = async (house: House) => (await house.members.sessions.read(id))?.membership
const tokens = async (house: House) => (await house.services.vault.read(id)) as Tokens

/** Answers of the token endpoint as they pass by, and changed on their way. */
function passing(change: (reply: Record<string, unknown>) => Record<string, unknown> = reply => reply) {
  const sent: URLSearchParams[] = []
  const fetch: typeof globalThis.fetch = async (input, options) => {
    const response = await globalThis.fetch(input, options)
    if (!String(input).endsWith('/token')) return response
    sent.push(new URLSearchParams(String(options?.body)))
    return Response.json(change((await response.json()) as Record<string, unknown>), { status: response.status })
  }
  return { sent, fetch }
}

test('one of several replicas asks, the others read what it learned', async ({ house }) => {
  house.tenant.set({ slow: { token: 300 } })
  const before = house.tenant.calls.token
  const [first, second, third] = [replica(house), replica(house), replica(house)]
  const answers = await Promise.all([first, second, third, first].map(each => each.recheck(id, minuteAgo(house))))
  for (const answer of answers)
    expect(answer).toMatchObject({ record: { membership: { member: true, provenAt: now(house) } } })
  expect(house.tenant.calls.token).toBe(before + 1)
})

test('one of several replicas fails, the others do not try', async ({ house }) => {
  house.tenant.set({ tokenError: { what: 'malformed' }, slow: { token: 300 } })
  const before = house.tenant.calls.token
  const answers = await Promise.all(
    [replica(house), replica(house), replica(house)].map(each => each.recheck(id, minuteAgo(house))),
  )
  expect(answers).toEqual(['unanswered', 'unanswered', 'unanswered'])
  expect(house.tenant.calls.token).toBe(before + 1)
})

test('the lease lasts as long as the work', async ({ house }) => {
  // Longer than a lease that nobody renews.
  house.tenant.set({ slow: { token: 4_000 } })
  const before = house.tenant.calls.token
  const [first, second] = [replica(house), replica(house)]
  await Promise.all([first.recheck(id, minuteAgo(house)), second.recheck(id, minuteAgo(house))])
  expect(house.tenant.calls.token).toBe(before + 1)
})

test('what was proven since is answer enough: nobody asks', async ({ house }) => {
  await replica(house).recheck(id, minuteAgo(house))
  const before = house.tenant.calls.token
  expect(await replica(house).recheck(id, minuteAgo(house))).toMatchObject({ record: { membership: { member: true } } })
  expect(house.tenant.calls.token).toBe(before)
})

test('an answer asked for before the instant in question does not answer it', async ({ house }) => {
  const { recheck } = replica(house)
  house.tenant.set({ slow: { token: 300 } })
  const before = house.tenant.calls.token
  const early = recheck(id, minuteAgo(house))
  await expect.poll(() => house.tenant.calls.token).toBe(before + 1)
  // Meanwhile an end has come: only what is asked for from now on counts.
  house.clock.advance({ seconds: 2 })
  const late = await Promise.all([1, 2, 3].map(() => recheck(id, now(house) - 1)))
  for (const answer of late) expect(answer).toMatchObject({ record: { membership: { provenAt: now(house) } } })
  expect(await early).toMatchObject({ record: { membership: { provenAt: now(house) - 2_000 } } })
  expect(house.tenant.calls.token).toBe(before + 2)
})

test('a request that runs does not write an older proof over a newer one', async ({ house }) => {
  house.tenant.set({ slow: { token: 400 } })
  const before = house.tenant.calls.token
  const slow = replica(house).recheck(id, minuteAgo(house))
  await expect.poll(() => house.tenant.calls.token).toBe(before + 1)
  const removed = { member: false, provenAt: now(house) + 1_000, reason: 'not-in-group' } as const
  await house.members.sessions.change(id, found => ({ ...found, membership: removed }))
  expect(await slow).toMatchObject({ record: { membership: removed } })
  expect(await membership(house)).toEqual(removed)
})

test('a request that runs undoes nothing else that was remembered meanwhile', async ({ house }) => {
  house.tenant.set({ slow: { token: 400 } })
  const before = house.tenant.calls.token
  const slow = replica(house).recheck(id, minuteAgo(house))
  await expect.poll(() => house.tenant.calls.token).toBe(before + 1)
  await house.services.sessions.change(id, found => ({
    ...found,
    contexts: { c1: now(house) },
    lastSeenAt: now(house),
  }))
  await slow
  expect(await house.members.sessions.read(id)).toMatchObject({
    contexts: { c1: now(house) },
    lastSeenAt: now(house),
    membership: { provenAt: now(house) },
  })
})

test('what many requests remember at once is all remembered', async ({ house }) => {
  const words = Array.from({ length: 20 }, (_, count) => `c${count + 1}`)
  const changes = words.map(word =>
    house.services.sessions.change(id, found => ({ ...found, contexts: { ...found.contexts, [word]: now(house) } })),
  )
  await Promise.all(changes)
  const record = await house.services.sessions.read(id)
  expect(Object.keys(record?.contexts ?? {}).sort()).toEqual(words.sort())
})

test.for([
  ['a yes', { member: true }],
  ['a no', { member: false, reason: 'not-in-group' }],
] as const)(
  '%s of a replica whose clock runs ahead does not outlive the next question',
  async ([_what, known], { house }) => {
    await house.members.sessions.change(id, found => ({
      ...found,
      membership: { ...known, provenAt: now(house) + 3_600_000 },
    }))
    house.tenant.end('alice')
    expect(await replica(house).recheck(id, 0)).toMatchObject({
      record: { membership: { member: false, provenAt: now(house) } },
    })
  },
)

test('what a replica says whose clock runs ahead a little is replaced by what is asked next', async ({ house }) => {
  await replica(house, { aheadMs: 20_000 }).recheck(id, minuteAgo(house))
  expect(await membership(house)).toMatchObject({ member: true, provenAt: now(house) + 20_000 })
  house.tenant.end('alice')
  await replica(house).recheck(id, now(house) + 20_000)
  expect(await membership(house)).toMatchObject({ member: false, provenAt: now(house) })
})

test('a new refresh token replaces the old one', async ({ house }) => {
  const before = (await tokens(house)).refreshToken
  const { sent, fetch } = passing()
  const { recheck } = replica(house, { fetch })
  await recheck(id, minuteAgo(house))
  const between = (await tokens(house)).refreshToken
  house.clock.advance({ seconds: 60 })
  await recheck(id, minuteAgo(house))
  expect(sent.map(form => form.get('refresh_token'))).toEqual([before, between])
  expect(new Set([before, between, (await tokens(house)).refreshToken]).size).toBe(3)
})

test('a reply without a refresh token keeps the old one', async ({ house }) => {
  const before = (await tokens(house)).refreshToken
  const { fetch } = passing(({ refresh_token: _, ...reply }) => reply)
  await replica(house, { fetch }).recheck(id, minuteAgo(house))
  expect((await tokens(house)).refreshToken).toBe(before)
  expect(await membership(house)).toMatchObject({ provenAt: now(house) })
})

test('a reply without an ID token is no answer', async ({ house }) => {
  const { fetch } = passing(({ id_token: _, ...reply }) => reply)
  expect(await replica(house, { fetch }).recheck(id, minuteAgo(house))).toBe('unanswered')
  expect(await membership(house)).toMatchObject({ member: true, provenAt: minuteAgo(house) })
})

test('the refresh asks for the scopes that bring an ID token and the next refresh token', async ({ house }) => {
  const { sent, fetch } = passing()
  await replica(house, { fetch }).recheck(id, minuteAgo(house))
  expect(sent[0]?.get('scope')?.split(' ')).toEqual(expect.arrayContaining(['openid', 'profile', 'offline_access']))
})

test('the tokens keep the lifetime of their session', async ({ house }) => {
  const key = `${house.prefix}tokens:${id}`
  const before = await house.redis.pttl(key)
  await replica(house).recheck(id, minuteAgo(house))
  const left = await house.redis.pttl(key)
  expect(left).toBeGreaterThan(before - 10_000)
  expect(left).toBeLessThanOrEqual(before)
})

test('tokens that only a replica with a newer secret can open end no session', async ({ house }) => {
  const newer = new Secret('newer-0123456789-abcdefghij-KLMNOPQR')
  const other = replica(house, { secrets: [newer, ...house.config.session.secrets] })
  await other.vault.keep(id, await tokens(house), 3_600_000)
  expect(await replica(house).recheck(id, minuteAgo(house))).toBe('unanswered')
  expect(await membership(house)).toMatchObject({ member: true })
})

test('damaged tokens lead to a fresh sign-in', async ({ house }) => {
  await house.redis.set(`${house.prefix}tokens:${id}`, 'damaged')
  expect(await replica(house).recheck(id, minuteAgo(house))).toBe('over')
  expect(await house.services.sessions.read(id)).toBeUndefined()
})

test('a session that was ended elsewhere is over', async ({ house }) => {
  const before = house.tenant.calls.token
  await house.services.sessions.destroy(id, undefined)
  expect(await replica(house).recheck(id, minuteAgo(house))).toBe('over')
  expect(house.tenant.calls.token).toBe(before)
})

test('a session that is ended while Entra is asked gets neither membership nor tokens back', async ({ house }) => {
  house.tenant.set({ slow: { token: 400 } })
  const before = house.tenant.calls.token
  const slow = replica(house).recheck(id, minuteAgo(house))
  await expect.poll(() => house.tenant.calls.token).toBe(before + 1)
  const record = await house.services.sessions.read(id)
  await house.services.sessions.destroy(id, record?.identity)
  expect(await slow).toBe('over')
  expect(await house.redis.keys(`${house.prefix}*${id}`)).toEqual([])
})

test('only so many sessions are asked about at once: the others stay as they were, and have their turn later', async ({
  house,
}) => {
  const ids = [id]
  for (const key of ['ada', 'ben', 'oskar', 'lena']) ids.push(sessionIdOf(await house.visitor(key)))
  house.clock.advance({ seconds: 60 })
  house.tenant.set({ slow: { token: 700 } })
  const before = house.tenant.calls.token
  const { recheck } = replica(house, { inFlight: { atOnce: 2, waiting: 2, longestWaitMs: 300 } })
  const answers = await Promise.all(ids.map(each => recheck(each, minuteAgo(house))))
  expect(answers.map(answer => (typeof answer === 'object' ? 'answered' : answer)).sort()).toEqual([
    'answered',
    'answered',
    'unanswered',
    'unanswered',
    'unanswered',
  ])
  expect(house.tenant.calls.token).toBe(before + 2)
  expect(house.logged.filter(line => line.includes('rechecks-crowded')).length).toBe(1)
  for (const each of ids) expect(await house.services.sessions.read(each)).toBeDefined()
  expect(await recheck(ids[4] as string, minuteAgo(house))).toMatchObject({
    record: { membership: { provenAt: now(house) } },
  })
})
