import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { startCluster } from '../../support/redis/redis-servers.ts'
import { eventsIn, sessionKeyOf } from '../../support/stored.ts'
import {
  everythingWorks,
  expectNobodySuffered,
  inShape,
  lastBadAt,
  patience,
  recovered,
  visitingDuring,
  waitingAt,
} from './shapes.ts'

const shape = inShape(startCluster)

everythingWorks('on a cluster of three masters', shape)

test('keys are spread over all nodes', async () => {
  await Promise.all(Array.from({ length: 8 }, () => shape.house.visitor('alice')))
  const sizes = await Promise.all(shape.place.admins.map(admin => admin.dbsize()))
  expect(Math.min(...sizes)).toBeGreaterThan(0)
})

test('the user that the documentation shows was refused nothing', async () => {
  for (const admin of shape.place.admins) {
    const refused = (await admin.acl('LOG')) as unknown as (string | number)[][]
    expect(refused.map(entry => entry[entry.indexOf('object') + 1])).toEqual([])
  }
})

test('a command that was sent when its connection was lost is not sent again: it may have been done', async () => {
  const { redis } = shape.house.services
  const key = `${shape.house.prefix}sent-once`
  await redis.exists(key)
  const admin = shape.place.admins[await shape.place.homeOf(key)] as Redis
  await admin.call('CLIENT', 'PAUSE', '5000', 'WRITE')
  const sent = redis.set(key, '1')
  const lost = expect(sent).rejects.toThrow('Connection is closed')
  await expect.poll(() => admin.client('LIST'), patience).toContain('cmd=set')
  await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  await lost
  await admin.call('CLIENT', 'UNPAUSE')
  await expect.poll(() => waitingAt(shape), patience).toEqual({ status: 'ready' })
  expect(await shape.place.inspect.exists(key)).toBe(0)
})

const faults: [what: string, fail: (node: number) => Promise<unknown>, mend: (node: number) => Promise<unknown>][] = [
  ['is killed and comes back', node => shape.place.kill(node), node => shape.place.startAgain(node)],
  [
    'falls silent for a while',
    async node => shape.place.signal(node, 'SIGSTOP'),
    async node => shape.place.signal(node, 'SIGCONT'),
  ],
]
test.each(faults)('nobody is signed out when a master %s, and the house says so', async (_what, fail, mend) => {
  const alice = await shape.house.visitor('alice')
  const node = await shape.place.homeOf(sessionKeyOf(shape.house, alice))
  const logged = shape.house.logged.length
  let mendedAt = 0
  const seen = await visitingDuring(shape, alice, async () => {
    await fail(node)
    await expect.poll(() => waitingAt(shape), patience).toEqual({ status: 'ready', waiting: ['redis'] })
    // The other nodes have noticed, and take nothing themselves.
    await expect.poll(() => shape.place.isDownFor((node + 1) % 3), patience).toBe(true)
    expect(await waitingAt(shape)).toEqual({ status: 'ready', waiting: ['redis'] })
    await mend(node)
    mendedAt = performance.now()
    await recovered(shape, alice)
  })
  expectNobodySuffered(seen)
  expect(lastBadAt(seen) - mendedAt).toBeLessThan(8_000)
  await expect.poll(() => waitingAt(shape), patience).toEqual({ status: 'ready' })
  expect(eventsIn(shape.house.logged.slice(logged), 'redis-node-away').length).toBeLessThanOrEqual(6)
  // One key is served by one node: the others may refuse theirs a moment longer.
  await shape.place.whole()
})

everythingWorks('and when they have come back', shape)

test('the house says at once that all nodes were killed, and comes back by itself', async () => {
  const alice = await shape.house.visitor('alice')
  const seen = await visitingDuring(shape, alice, async () => {
    await Promise.all([0, 1, 2].map(node => shape.place.kill(node)))
    await expect.poll(() => waitingAt(shape), patience).toEqual({ status: 'ready', waiting: ['redis'] })
    await Promise.all([0, 1, 2].map(node => shape.place.startAgain(node)))
    await recovered(shape, alice)
  })
  expectNobodySuffered(seen)
})
