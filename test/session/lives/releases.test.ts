import { describe, expect } from 'vitest'
import { noteOf } from '../../../src/session/replicas/notes.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import type { House } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'
import { sessionIdOf, sessionKeyOf, store, storedOf } from '../../support/stored.ts'
import { testInNew } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'
import { bornInFirstRelease, changedByFirstRelease, readByFirstRelease } from './first-release.ts'

/** The first release and this one side by side, over the same Redis. */
let alice: Visitor
const test = testInNew({ now: '2026-03-02T12:00:00Z', settings: { PIM_SELF_SERVICE: 'on' } })
test.beforeEach(async ({ house }) => {
  alice = await house.visitor('alice')
})

const yes = (house: House) => ({ member: true, provenAt: house.clock.read().getTime() })
const born = async (house: House) =>
  store(house, alice, JSON.stringify(bornInFirstRelease(await storedOf(house, alice), yes(house))))

describe('a session of the first release', () => {
  test('goes on, and Entra is asked about its person anew', async ({ house }) => {
    await born(house)
    const redeemed = house.tenant.calls.token
    expect((await alice.get('/')).status).toBe(200)
    expect(house.tenant.calls.token).toBeGreaterThan(redeemed)
  })

  test('opens nothing by the membership in it, while Microsoft does not answer', async ({ house }) => {
    await born(house)
    house.tenant.set({ down: true })
    expect((await alice.get('/')).status).toBe(503)
  })

  test('lets nobody in who is of another tenant', async ({ house }) => {
    await born(house)
    await using other = await openReplica(house, { ENTRA_TENANT_ID: '00000000-1111-4222-8333-444444444444' })
    expect((await alice.get(`${other.baseUrl}/`)).status).toBe(302)
    expect((await alice.get('/')).status).toBe(200)
  })
})

describe('a session of this release, read by the first release', () => {
  test('counts as a session there, so that it is not removed, and proves no membership of any group', async ({
    house,
  }) => {
    const { membership, identity } = readByFirstRelease(await storedOf(house, alice))
    expect(membership).toBe('unknown')
    expect(identity.name).toBe('Alice Lindqvist')
  })

  test('is bound there by the end that is known here', async ({ house }) => {
    const until = () => storedOf(house, alice).then(stored => readByFirstRelease(stored).plan?.until)
    await alice.get('/')
    await expect.poll(until).toBeGreaterThan(house.clock.read().getTime())
  })

  test('keeps a proof of this release, whatever the first release writes', async ({ house }) => {
    house.tenant.set({ down: true })
    const stored = changedByFirstRelease(await storedOf(house, alice), {
      ...yes(house),
      member: false,
      reason: 'ended',
    })
    await store(house, alice, JSON.stringify(stored))
    expect((await alice.get('/')).status).toBe(200)
  })

  test('keeps a proof of the first release, whatever this release writes', async ({ house }) => {
    const proven = yes(house)
    await store(house, alice, JSON.stringify(changedByFirstRelease(await storedOf(house, alice), proven)))
    house.clock.advance({ minutes: 2 })
    expect((await alice.get('/')).status).toBe(200)
    expect(readByFirstRelease(await storedOf(house, alice)).membership).toEqual(proven)
  })
})

describe('access that somebody ends in the first release', () => {
  const endedThere = async (house: House) => {
    house.clock.advance({ minutes: 6 })
    const at = house.clock.read().getTime()
    const stored = changedByFirstRelease(await storedOf(house, alice), {
      ...yes(house),
      member: false,
      reason: 'ended',
    })
    const plan = { askedAt: at, until: at, endedAt: at }
    await store(house, alice, JSON.stringify({ ...stored, record: { ...stored.record, plan } }))
  }

  test('is over here at once, whatever tokens still say', async ({ house }) => {
    await alice.get('/')
    await endedThere(house)
    expect((await alice.fetch('/')).status).toBe(403)
    house.clock.advance({ seconds: 70 })
    expect((await alice.fetch('/')).status).toBe(403)
  })

  test('is over here also in a session that began there', async ({ house }) => {
    await born(house)
    await endedThere(house)
    expect((await alice.fetch('/')).status).toBe(403)
  })

  test('is over here also for a person who signs in anew, while tokens lag behind', async ({ house }) => {
    house.tenant.set({ tokenLagSeconds: 120 })
    house.clock.advance({ minutes: 6 })
    house.tenant.end('alice')
    const at = house.clock.read().getTime()
    const { tenantId, objectId } = (await storedOf(house, alice)).record.identity
    const key = `${house.prefix}note:${noteOf('plan', { tenantId, objectId })}`
    const plan = JSON.stringify({ askedAt: at, until: at, endedAt: at })
    await house.redis.set(key, createSeal(house.config.session.secrets).close(plan, key), 'EX', 600)
    expect((await (await house.visitor('alice')).fetch('/')).status).toBe(403)
  })

  test('says nothing of another group', async ({ house }) => {
    await alice.get('/')
    await using other = await openReplica(house, { ACCESS_GROUP_ID: '00000000-1111-4222-8333-444444444444' })
    await alice.get(`${other.baseUrl}/`)
    await alice.get('/')
    await endedThere(house)
    expect((await alice.fetch('/')).status).toBe(200)
  })
})

test('fields that a later release adds to a session stay when this release changes it', async ({ house }) => {
  const stored = await storedOf(house, alice)
  const groups = { ...stored.record.groups, 'another-group': { membership: 'of a shape unknown here' } }
  const later = { ...stored.record, groups, step: { more: 1 } }
  await store(house, alice, JSON.stringify({ ...stored, device: 'bound', record: later }))
  house.clock.advance({ minutes: 2 })
  expect((await alice.get('/')).status).toBe(200)
  const after = await storedOf(house, alice)
  expect(after.record.lastSeenAt).toBe(house.clock.read().getTime())
  expect(after).toMatchObject({ device: 'bound', record: { step: { more: 1 }, groups: { 'another-group': {} } } })
})

test('tokens that another release wrote in a shape unknown here do not end the session', async ({ house }) => {
  const key = `${house.prefix}tokens:${sessionIdOf(alice)}`
  const sealed = createSeal(house.config.session.secrets).close('{"access":{"token":"t"},"refresh":{"token":"t"}}', key)
  await house.redis.set(key, sealed, 'EX', 600)
  house.clock.advance({ minutes: 2 })
  expect((await alice.get('/')).status).toBe(200)
  house.clock.advance({ minutes: 10 })
  expect((await alice.get('/')).status).toBe(503)
  expect(await house.redis.get(key)).toBe(sealed)
  expect(await house.redis.exists(sessionKeyOf(house, alice))).toBe(1)
})
