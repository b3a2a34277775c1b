import { expect } from 'vitest'
import { createOidc } from '../../../src/entra/oidc/oidc.ts'
import type { Tokens } from '../../../src/entra/oidc/signed-in.ts'
import { createPimToken } from '../../../src/gate/asking/pim-token.ts'
import { createRecheck } from '../../../src/gate/asking/recheck.ts'
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

/**
 * A replica that is stopped as soon as Entra has answered it, for longer than its lease: the lease is gone, and goes on
 * being renewed by nobody, when it wakes up.
 */
function stopped(house: House) {
  const [answered, awake] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const fetch: typeof globalThis.fetch = async (input, options) => {
    const response = await globalThis.fetch(input, options)
    if (!String(input).endsWith('/token')) return response
    const text = await response.text()
    answered.resolve()
    await awake.promise
    return new Response(text, response)
  }
  return { ...replica(house, fetch), answered: answered.promise, wake: () => awake.resolve() }
}
function replica(house: House, fetch?: typeof globalThis.fetch) {
  const { config, services } = house
  const { sessions, vault, log, proof } = services
  const clock = house.clock.read
  const leases = freeLeases
  const oidc = createOidc({ config, clock, ...(fetch && { fetch }) })
  return {
    recheck: createRecheck({ clock, oidc, vault, sessions, leases, proof, gates: [{ name: 'members' }], log })(
      'members',
    ),
    pimToken: createPimToken({ clock, oidc, vault, leases, sessions, gates: ['members'], log }),
  }
}
/** Nobody is kept waiting by a lease that ran out while its holder was stopped. */
const freeLeases = {
  hold: async <T>(_name: string, _lifeMs: number, work: () => Promise<T>) =>
    ({ held: true, value: await work() }) as const,
  released: async () => {},
  pause: async () => {},
  isPaused: async () => false,
}
const now = (house: House) => house.clock.read().getTime()
const tokens = async (house: House) => (await house.services.vault.read(id)) as Tokens
const session = (house: House) => house.services.sessions.read(id)
const who = async (house: House) => ({
  sessionId: id,
  identity: (await session(house))?.identity ?? expect.fail('no session'),
})

test('a replica that was stopped while it asked does not bring back an older refresh token', async ({ house }) => {
  const late = stopped(house)
  const asking = late.recheck(id, now(house) - 60_000)
  await late.answered
  house.clock.advance({ seconds: 30 })
  await replica(house).recheck(id, now(house) - 1)
  const newer = await tokens(house)
  late.wake()
  await asking
  expect(await tokens(house)).toEqual(newer)
  expect((await house.members.sessions.read(id))?.membership).toMatchObject({ member: true, provenAt: now(house) })
})

test('nor does one that asked for a token for PIM, and its older one for PIM is not kept over the newer', async ({
  house,
}) => {
  const late = stopped(house)
  const asking = late.pimToken.get(await who(house))
  await late.answered
  const newer = await replica(house).pimToken.get(await who(house))
  const kept = await tokens(house)
  late.wake()
  expect(await asking).not.toBe(newer)
  expect(await tokens(house)).toEqual(kept)
  expect(await house.services.vault.readPim(id)).toBe(newer)
})

test('a refusal that it heard before others were let on ends no session', async ({ house }) => {
  const late = stopped(house)
  house.tenant.set({ revoked: ['alice'] })
  const asking = late.recheck(id, now(house) - 60_000)
  await late.answered
  house.tenant.set({ revoked: [] })
  await replica(house).recheck(id, now(house) - 1)
  late.wake()
  expect(await asking).toMatchObject({ record: { membership: { member: true } } })
  expect(await session(house)).toBeDefined()
})

test('nor does one that it heard while it asked for a token for PIM', async ({ house }) => {
  const late = stopped(house)
  house.tenant.set({ revoked: ['alice'] })
  const asking = late.pimToken.get(await who(house)).catch(({ code }) => code)
  await late.answered
  house.tenant.set({ revoked: [] })
  await replica(house).recheck(id, now(house) - 1)
  late.wake()
  expect(await asking).toBe('sign-in-refused')
  expect(await session(house)).toBeDefined()
})

test('a refusal of the tokens that are still there ends it, as ever', async ({ house }) => {
  house.tenant.set({ revoked: ['alice'] })
  expect(await replica(house).recheck(id, now(house) - 60_000)).toBe('over')
  expect(await session(house)).toBeUndefined()
})

test('a token for PIM that Graph refused goes, and a newer one that came meanwhile stays', async ({ house }) => {
  const { pimToken } = replica(house)
  const first = await pimToken.get(await who(house))
  await pimToken.drop(await who(house), 'an older one')
  expect(await pimToken.get(await who(house))).toBe(first)
  await pimToken.drop(await who(house), first)
  expect(await pimToken.get(await who(house))).not.toBe(first)
})
