import request from 'supertest'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { SwitchesWish } from '../../../infra/tenant/switches/switches.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import { type House, type HouseOptions, openHouse, sessionSecret } from '../../support/house.ts'
import { endPauses } from '../../support/stored.ts'
import { appToken, callGraph } from '../../tenant/graph/kit.ts'

/** What docs/permissions.md asks to be granted for notifications. */
const appPermissions = ['Group.Read.All', 'PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All']
const newSecret = 'newer-0123456789-abcdefghij-KLMNOP'

const houses: House[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  // The last to open goes first: it stands on the tenant and in the Redis of the first.
  for (const house of houses.splice(0).reverse()) await house[Symbol.asyncDispose]()
})

async function open({ switches = {}, settings = {}, ...more }: HouseOptions & { switches?: SwitchesWish } = {}) {
  const house = await openHouse({
    settings: { GRAPH_NOTIFICATIONS: 'on', MEMBERSHIP_RECHECK_SECONDS: '300', ...settings },
    tenant: { switches: { appPermissions, ...switches } },
    ...more,
  })
  houses.push(house)
  return house
}

/** Another replica of a house: the same Redis, tenant and address. */
const replicaOf = (house: House, settings: Record<string, string> = {}) =>
  open({ settings: { ...sharedBy(house), BASE_URL: house.baseUrl, ...settings } })

const sharedBy = ({ prefix, tenant }: House) => ({
  REDIS_PREFIX: prefix,
  ENTRA_AUTHORITY: tenant.origin,
  GRAPH_BASE_URL: tenant.graphBase,
})

const subscriptionsOf = ({ tenant }: House) => [...tenant.subscriptions.values()]
const subscribed = (house: House) => expect.poll(() => subscriptionsOf(house).length, { timeout: 5_000 }).toBe(1)
const toldIn = ({ logged }: House, event: string) =>
  logged.map(line => JSON.parse(line)).filter(line => line.event === event)
const written = async (house: House) => {
  await keep(house)
  await expect.poll(() => toldIn(house, 'subscribed').length, { timeout: 5_000 }).toBeGreaterThan(0)
}
const keep = (house: House) => house.members.news.subscription.keep()
const failing = (house: House) =>
  keep(house).then(
    () => 'kept',
    () => 'failed',
  )

/** With a subscription that is due to be renewed. */
async function withOneDue() {
  const house = await open({ now: '2026-03-02T12:00:00Z' })
  await written(house)
  house.clock.advance({ hours: 25 })
  return house
}

describe('Graph that asks to be left alone for a minute', () => {
  const switches: SwitchesWish = {
    graphError: { what: '429', where: 'subscriptions', method: 'POST', retryAfterSeconds: 60 },
  }

  test('is left alone by every replica', async () => {
    const house = await open({ switches })
    await expect.poll(() => toldIn(house, 'subscription-failed').at(-1)?.retryInSeconds, { timeout: 5_000 }).toBe(60)
    const other = await replicaOf(house)
    for (const each of [house, other, house, other]) await keep(each)
    expect(house.tenant.calls.graph.subscriptions).toBe(1)
    const [pause = ''] = await house.redis.keys(`${house.prefix}pause:subscription*`)
    expect(await house.redis.pttl(pause)).toBeGreaterThan(50_000)
    house.tenant.set({ graphError: undefined })
    await endPauses(house)
    await keep(other)
    expect(subscriptionsOf(house)).toHaveLength(1)
  })
})

test('Graph that does not say when to come back is asked less and less often', async () => {
  const house = await open({ switches: { graphError: { what: '503', where: 'subscriptions' } } })
  await expect
    .poll(() => toldIn(house, 'subscription-failed').map(line => line.retryInSeconds), { timeout: 12_000 })
    .toEqual([2, 4])
})

test('a replica that goes on failing leaves it to the others to try before it tries again', async () => {
  const house = await open({ switches: { graphError: { what: '503', where: 'subscriptions' } } })
  const failed = () => toldIn(house, 'subscription-failed').map(line => line.retryInSeconds)
  const waits = vi.spyOn(globalThis, 'setTimeout')
  for (let tries = failed().length; tries < 4; tries = failed().length) {
    await endPauses(house)
    house.members.news.subscription.start()
    await expect.poll(() => failed().length).toBeGreaterThan(tries)
  }
  expect(failed().slice(0, 4)).toEqual([2, 4, 8, 16])
  const asked = waits.mock.calls.map(([, ms]) => ms)
  // The last one waits for the minute, too, in which every replica looks once.
  expect([8_000, 76_000].filter(ms => !asked.includes(ms))).toEqual([])
  expect(asked).not.toContain(16_000)
})

test('a subscription that Graph says has run out already is none', async () => {
  const house = await open()
  await written(house)
  house.clock.advance({ hours: 25 })
  const kept = subscriptionsOf(house)
  house.tenant.set({ graphError: { what: 'bad-expiry', where: 'subscriptions', method: 'PATCH' } })
  expect(await failing(house)).toBe('failed')
  expect(subscriptionsOf(house)).toEqual(kept)
})

describe('a subscription that cannot be renewed now', () => {
  test.each([
    { what: '503' },
    { what: '429', retryAfterSeconds: 60 },
    { what: 'cut' },
    { what: '202' },
    { what: '403' },
    { what: 'empty-object' },
  ] as const)('($what) is kept, with no second beside it, and renewed later', async fault => {
    const house = await withOneDue()
    const [before] = subscriptionsOf(house)
    house.tenant.set({ graphError: { ...fault, where: 'subscriptions', method: 'PATCH' } })
    expect(await failing(house)).toBe('failed')
    await endPauses(house)
    expect(await failing(house)).toBe('failed')
    expect(subscriptionsOf(house).map(({ id }) => id)).toEqual([before?.id])
    house.tenant.set({ graphError: undefined })
    await endPauses(house)
    await keep(house)
    expect(toldIn(house, 'subscribed').at(-1)).toMatchObject({ why: 'renewed' })
    expect(subscriptionsOf(house).map(({ id }) => id)).toEqual([before?.id])
  })

  test('because Graph dropped it without a word is missed within the hour, and everybody is asked about anew', async () => {
    const house = await open({ now: '2026-03-02T12:00:00Z' })
    await written(house)
    const [{ id = '' } = {}] = subscriptionsOf(house)
    const token = await appToken(house.tenant)
    await callGraph(house.tenant, `/subscriptions/${id}`, { token, method: 'DELETE' })
    house.clock.advance({ minutes: 59 })
    await keep(house)
    expect(subscriptionsOf(house)).toEqual([])
    house.clock.advance({ minutes: 1 })
    await keep(house)
    expect(subscriptionsOf(house)).toHaveLength(1)
    expect(house.members.news.staleBefore()).toBe(house.clock.read().getTime())
  })

  test('because Graph has it no more is made anew', async () => {
    const house = await withOneDue()
    house.tenant.set({ graphError: { what: '404', where: 'subscriptions', method: 'PATCH', when: 'next' } })
    const [before] = subscriptionsOf(house)
    await keep(house)
    expect(toldIn(house, 'subscribed').at(-1)).toMatchObject({ why: 'gone' })
    expect(subscriptionsOf(house)).toHaveLength(1)
    expect(subscriptionsOf(house)[0]?.id).not.toBe(before?.id)
  })
})

test('a subscription whose making was never answered is not left beside the next', async () => {
  const house = await open({
    switches: { graphError: { what: 'done-but-504', where: 'subscriptions', method: 'POST', when: 'next' } },
  })
  expect(await failing(house)).toBe('failed')
  await endPauses(house)
  await written(house)
  await expect.poll(() => toldIn(house, 'subscription-dropped')).toHaveLength(1)
  expect(subscriptionsOf(house)).toHaveLength(1)
})

describe('told by Graph', () => {
  const settings = { MEMBERSHIP_RECHECK_SECONDS: '300' }
  const isRefused = async (house: House, key: string) => {
    const visitor = await house.visitor(key)
    expect((await visitor.get('/')).status).toBe(200)
    return () => visitor.get('/').then(({ status }) => status)
  }

  test('to authorize the subscription anew, one replica does, and delivery never pauses', async () => {
    const house = await open({ settings, switches: { notifications: { pauseAfterSeconds: 60 } } })
    await written(house)
    const other = await replicaOf(house)
    const statusOf = await isRefused(house, 'alice')
    const before = house.tenant.calls.graph.subscriptions
    house.tenant.tellLifecycle()
    await expect.poll(() => toldIn(house, 'subscribed').at(-1)).toMatchObject({ why: 'reauthorized' })
    await keep(other)
    expect(house.tenant.calls.graph.subscriptions - before).toBe(1)
    expect(toldIn(house, 'subscription-told')).toMatchObject([{ what: 'reauthorizationRequired', inUse: true }])
    house.clock.advance({ seconds: 90 })
    house.tenant.end('alice')
    await expect.poll(statusOf, { timeout: 3_000 }).toBe(403)
  })

  test('to authorize it anew while Graph fails, it is done later, by whoever comes first', async () => {
    const house = await open({ settings })
    await written(house)
    const other = await replicaOf(house)
    const before = toldIn(house, 'subscription-failed').length
    house.tenant.set({ graphError: { what: '503', where: 'subscriptions' } })
    house.tenant.tellLifecycle()
    await expect.poll(() => toldIn(house, 'subscription-failed').length).toBe(before + 1)
    house.tenant.set({ graphError: undefined })
    await endPauses(house)
    await keep(other)
    expect(toldIn(other, 'subscribed').at(-1)).toMatchObject({ why: 'reauthorized' })
    expect(subscriptionsOf(house)[0]?.challengedAt).toBeUndefined()
  })

  test('to authorize it anew while Entra gives no token, the one in hand goes on proving who is in the group', async () => {
    const house = await open({ settings: { MEMBERSHIP_ROSTER: 'on' } })
    await written(house)
    await expect.poll(() => house.members.news.roster() !== undefined).toBe(true)
    const before = toldIn(house, 'subscription-failed').length
    house.tenant.set({ signInDown: true })
    house.tenant.tellLifecycle()
    await expect.poll(() => toldIn(house, 'subscription-failed').length).toBe(before + 1)
    house.clock.advance({ seconds: 20 })
    await house.members.news.source.renew(house.clock.read().getTime() - 1)
    expect(toldIn(house, 'roster-failed')).toEqual([])
    house.tenant.set({ signInDown: false })
    await endPauses(house)
    await keep(house)
    expect(toldIn(house, 'subscribed').at(-1)).toMatchObject({ why: 'reauthorized' })
  })

  test('that the subscription was removed, another is made at once, and everybody is asked about anew', async () => {
    const house = await open({ settings })
    await written(house)
    const statusOf = await isRefused(house, 'alice')
    const before = house.members.news.staleBefore()
    house.tenant.tellLifecycle('subscriptionRemoved')
    await expect.poll(() => toldIn(house, 'subscribed').at(-1)).toMatchObject({ why: 'gone' })
    await expect.poll(() => house.members.news.staleBefore()).toBeGreaterThan(before)
    await subscribed(house)
    house.tenant.end('alice')
    await expect.poll(statusOf, { timeout: 3_000 }).toBe(403)
  })

  test('that changes were not sent, everybody is asked about anew', async () => {
    const house = await open({ settings })
    await written(house)
    const statusOf = await isRefused(house, 'alice')
    house.tenant.set({ notifications: { copies: 0 } })
    house.tenant.end('alice')
    expect(await statusOf()).toBe(200)
    house.tenant.set({ notifications: { copies: 1 } })
    house.tenant.tellLifecycle('missed')
    await expect.poll(statusOf, { timeout: 3_000 }).toBe(403)
  })
})

describe('once SESSION_SECRET has changed', () => {
  test.each([
    ['and the older is still known', `${newSecret},${sessionSecret}`],
    ['and the older is gone', newSecret],
  ])('%s, the subscription is made anew with the newest, and the older is deleted', async (_what, secrets) => {
    const house = await open()
    await written(house)
    const [before] = subscriptionsOf(house)
    const newer = await replicaOf(house, { SESSION_SECRET: secrets })
    await expect.poll(() => toldIn(newer, 'subscription-dropped').length, { timeout: 5_000 }).toBe(1)
    const [after, ...others] = subscriptionsOf(house)
    expect(others).toEqual([])
    expect(after?.id).not.toBe(before?.id)
    expect(after?.clientState).toBe(newer.members.news.clientStates()[0])
    // A replica that does not have the newest yet does not undo it.
    await keep(house)
    expect(subscriptionsOf(house)).toEqual([after])
  })
})

test('once BASE_URL has changed, the subscription is made anew for it, and the older is deleted', async () => {
  const house = await open()
  await written(house)
  const [before] = subscriptionsOf(house)
  const moved = await open({ settings: sharedBy(house) })
  await keep(moved)
  await expect.poll(() => toldIn(moved, 'subscription-dropped').length, { timeout: 5_000 }).toBe(1)
  const [after, ...others] = subscriptionsOf(house)
  expect(others).toEqual([])
  expect(after?.notificationUrl).not.toBe(before?.notificationUrl)
  expect(toldIn(moved, 'subscribed').at(-1)).toMatchObject({ why: 'changed' })
})

describe('where Graph takes no second subscription of the same changes', () => {
  const switches: SwitchesWish = { notifications: { refuseDuplicates: true } }
  const afterwards = async (house: House, before: { id: string } | undefined) => {
    const [after, ...others] = subscriptionsOf(house)
    expect(others).toEqual([])
    expect(after?.id).not.toBe(before?.id)
    return after
  }

  test('one with the newest secret takes the place of the older, and what was missed is asked about', async () => {
    const house = await open({ switches })
    await written(house)
    const [before] = subscriptionsOf(house)
    const newer = await replicaOf(house, { SESSION_SECRET: newSecret })
    await keep(newer).catch(() => {})
    const after = await afterwards(house, before)
    expect(after?.clientState).toBe(newer.members.news.clientStates()[0])
    expect(newer.members.news.staleBefore()).toBeGreaterThan(0)
  })

  test('one for the new address takes the place of the one for the old', async () => {
    const house = await open({ switches })
    await written(house)
    const [before] = subscriptionsOf(house)
    const moved = await open({ settings: sharedBy(house) })
    await keep(moved).catch(() => {})
    const after = await afterwards(house, before)
    expect(after?.notificationUrl).not.toBe(before?.notificationUrl)
  })

  test('one whose making was never answered keeps out no other', async () => {
    const graphError = { what: 'done-but-504', where: 'subscriptions', method: 'POST', when: 'next' } as const
    const house = await open({ switches: { ...switches, graphError } })
    expect(await failing(house)).toBe('failed')
    const [before] = subscriptionsOf(house)
    await endPauses(house)
    await keep(house).catch(() => {})
    await afterwards(house, before)
  })

  test('one of somebody else is left alone', async () => {
    const house = await open({ switches })
    await written(house)
    const before = subscriptionsOf(house)
    const { tenant } = house
    const another = await open({ settings: { ENTRA_AUTHORITY: tenant.origin, GRAPH_BASE_URL: tenant.graphBase } })
    expect(await failing(another)).toBe('failed')
    expect(subscriptionsOf(house)).toEqual(before)
  })
})

test('a permission that is granted meanwhile counts from the next try on', async () => {
  const house = await open({ switches: { appPermissions: [] } })
  expect(await failing(house)).toBe('failed')
  house.tenant.set({ appPermissions })
  await endPauses(house)
  await keep(house)
  expect(subscriptionsOf(house)).toHaveLength(1)
})

test('two installations on one Redis, with other groups, keep a subscription each and believe only their own', async () => {
  const one = await open()
  await written(one)
  const other = await replicaOf(one, { ACCESS_GROUP_ID: one.tenant.groups.administrators })
  await written(other)
  expect(subscriptionsOf(one).map(({ resource }) => resource)).toEqual([
    `groups/${one.tenant.groups.access}/members`,
    `groups/${one.tenant.groups.administrators}/members`,
  ])
  const [{ id = '', clientState } = {}] = subscriptionsOf(one)
  const value = [{ clientState, subscriptionId: id, lifecycleEvent: 'subscriptionRemoved' }]
  const told = await request(other.app).post('/hooks/graph').set('Host', new URL(one.baseUrl).host).send({ value })
  expect(told.status).toBe(403)
  await Promise.all([keep(one), keep(other)])
  expect(subscriptionsOf(one)).toHaveLength(2)
})

test('a subscription that an earlier release wrote down is taken over', async () => {
  const house = await open()
  await written(house)
  const [key = ''] = await house.redis.keys(`${house.prefix}board:subscription*`)
  const board = createOldBoard(house, key)
  await board({ id: subscriptionsOf(house)[0]?.id, expiresAt: Date.now() + 3_600_000 })
  await keep(house)
  expect(subscriptionsOf(house)).toHaveLength(1)
  expect(toldIn(house, 'subscribed')).toHaveLength(2)
})

/** As it was written without the fingerprint of the secret. */
const createOldBoard = (house: House, key: string) => async (text: object) => {
  const sealed = createSeal(house.config.session.secrets).close(JSON.stringify(text), key)
  await house.redis.set(key, `${Date.now()}|${sealed}`)
}
