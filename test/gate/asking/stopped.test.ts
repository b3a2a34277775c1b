import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createOidc } from '../../../src/entra/oidc/oidc.ts'
import type { Tokens } from '../../../src/entra/oidc/signed-in.ts'
import { createPimToken } from '../../../src/gate/asking/pim-token.ts'
import { createRecheck } from '../../../src/gate/asking/recheck.ts'
import { type House, openHouse } from '../../support/house.ts'
import { sessionIdOf } from '../../support/stored.ts'

let house: House
let id: string
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-02T12:00:00Z' })
})
afterAll(() => house[Symbol.asyncDispose]())
beforeEach(async () => {
  id = sessionIdOf(await house.visitor('alice'))
  house.clock.advance({ seconds: 60 })
})
afterEach(() => house.tenant.reset())

/**
 * A replica that is stopped as soon as Entra has answered it, for longer than its lease: the lease is gone, and goes on
 * being renewed by nobody, when it wakes up.
 */
function stopped() {
  const [answered, awake] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const fetch: typeof globalThis.fetch = async (input, options) => {
    const response = await globalThis.fetch(input, options)
    if (!String(input).endsWith('/token')) return response
    const text = await response.text()
    answered.resolve()
    await awake.promise
    return new Response(text, response)
  }
  return { ...replica(fetch), answered: answered.promise, wake: () => awake.resolve() }
}
function replica(fetch?: typeof globalThis.fetch) {
  const { config, services } = house
  const { sessions, vault, log, proof } = services
  const clock = house.clock.read
  const leases = freeLeases
  const oidc = createOidc({ config, clock, ...(fetch && { fetch }) })
  return {
    recheck: createRecheck({ clock, oidc, vault, sessions, leases, proof, log }),
    pimToken: createPimToken({ clock, oidc, vault, leases, sessions, log }),
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
const now = () => house.clock.read().getTime()
const tokens = async () => (await house.services.vault.read(id)) as Tokens
const session = () => house.services.sessions.read(id)
const who = async () => ({ sessionId: id, identity: (await session())?.identity ?? expect.fail('no session') })

test('a replica that was stopped while it asked does not bring back an older refresh token', async () => {
  const late = stopped()
  const asking = late.recheck(id, now() - 60_000)
  await late.answered
  house.clock.advance({ seconds: 30 })
  await replica().recheck(id, now() - 1)
  const newer = await tokens()
  late.wake()
  await asking
  expect(await tokens()).toEqual(newer)
  expect((await session())?.membership).toMatchObject({ member: true, provenAt: now() })
})

test('nor does one that asked for a token for PIM, and its older one for PIM is not kept over the newer', async () => {
  const late = stopped()
  const asking = late.pimToken.get(await who())
  await late.answered
  const newer = await replica().pimToken.get(await who())
  const kept = await tokens()
  late.wake()
  expect(await asking).not.toBe(newer)
  expect(await tokens()).toEqual(kept)
  expect(await house.services.vault.readPim(id)).toBe(newer)
})

test('a refusal that it heard before others were let on ends no session', async () => {
  const late = stopped()
  house.tenant.set({ revoked: ['alice'] })
  const asking = late.recheck(id, now() - 60_000)
  await late.answered
  house.tenant.set({ revoked: [] })
  await replica().recheck(id, now() - 1)
  late.wake()
  expect(await asking).toMatchObject({ record: { membership: { member: true } } })
  expect(await session()).toBeDefined()
})

test('nor does one that it heard while it asked for a token for PIM', async () => {
  const late = stopped()
  house.tenant.set({ revoked: ['alice'] })
  const asking = late.pimToken.get(await who()).catch(({ code }) => code)
  await late.answered
  house.tenant.set({ revoked: [] })
  await replica().recheck(id, now() - 1)
  late.wake()
  expect(await asking).toBe('sign-in-refused')
  expect(await session()).toBeDefined()
})

test('a refusal of the tokens that are still there ends it, as ever', async () => {
  house.tenant.set({ revoked: ['alice'] })
  expect(await replica().recheck(id, now() - 60_000)).toBe('over')
  expect(await session()).toBeUndefined()
})

test('a token for PIM that Graph refused goes, and a newer one that came meanwhile stays', async () => {
  const { pimToken } = replica()
  const first = await pimToken.get(await who())
  await pimToken.drop(await who(), 'an older one')
  expect(await pimToken.get(await who())).toBe(first)
  await pimToken.drop(await who(), first)
  expect(await pimToken.get(await who())).not.toBe(first)
})
