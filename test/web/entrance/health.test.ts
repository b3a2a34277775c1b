import express from 'express'
import { Redis } from 'ioredis'
import request from 'supertest'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../../../infra/demo/ports.ts'
import { createHealth } from '../../../src/web/entrance/health.ts'
import { type House, openHouse } from '../../support/house.ts'
import { startRedis } from '../../support/machine.ts'
import { startCluster } from '../../support/redis/redis-servers.ts'
import { raw } from '../raw.ts'

const ready = { status: 200, text: '{"status":"ready"}' }
const waitingFor = (...names: string[]) => ({
  status: 503,
  text: JSON.stringify({ status: 'not-ready', waiting: names }),
})
const readyWithout = (...names: string[]) => ({
  status: 200,
  text: JSON.stringify({ status: 'ready', waiting: names }),
})

test('a probe hears that the application lives and is ready', async () => {
  await using house = await openHouse()
  const ask = (target: string) => raw(house.baseUrl, { target })
  expect(await ask('/health/live')).toMatchObject({ status: 200, text: '{"status":"live"}' })
  await expect.poll(() => ask('/health/ready')).toMatchObject(ready)
})

test('a probe that asks with HEAD hears what GET would say, without the body', async () => {
  await using house = await openHouse({ settings: { BASE_URL: 'https://admin.contoso.com' } })
  for (const target of ['/health/live', '/health/ready']) {
    await expect.poll(async () => (await raw(house.baseUrl, { target })).status).toBe(200)
    const get = await raw(house.baseUrl, { target })
    const head = await raw(house.baseUrl, { target, method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, text: '' })
    expect(head.headers['content-length']).toBe(get.headers['content-length'])
  }
})

test('a probe that asks with HEAD too early hears the status that GET would have', async () => {
  await using house = await openHouse({ redisUrl: 'redis://127.0.0.1:1' })
  expect(await raw(house.baseUrl, { target: '/health/ready', method: 'HEAD' })).toMatchObject({ status: 503, text: '' })
})

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s opens no door for probes', async method => {
  await using house = await openHouse()
  for (const target of ['/health/live', '/health/ready'])
    expect((await raw(house.baseUrl, { target, method })).status).toBeGreaterThanOrEqual(401)
})

test('the application lives while Entra is down, names what it waits for, and becomes ready by itself', async () => {
  await using house = await openHouse({ tenant: { switches: { down: true } } })
  const ask = (target: string) => raw(house.baseUrl, { target })
  await expect.poll(() => ask('/health/ready')).toMatchObject(waitingFor('entra'))
  expect((await ask('/health/live')).status).toBe(200)
  house.tenant.set({ down: false })
  await expect.poll(() => ask('/health/ready'), { timeout: 10_000 }).toMatchObject(ready)
})

test('an Entra that goes away later does not make the application unready', async () => {
  await using house = await openHouse()
  await expect.poll(() => raw(house.baseUrl, { target: '/health/ready' })).toMatchObject(ready)
  house.tenant.set({ down: true })
  expect(await raw(house.baseUrl, { target: '/health/ready' })).toMatchObject(ready)
})

test('an application that starts without Redis lives, names Redis, and becomes ready when Redis is there', async () => {
  const port = await freePort()
  await using house = await openHouse({ redisUrl: `redis://127.0.0.1:${port}` })
  const ask = (target: string) => raw(house.baseUrl, { target })
  await expect.poll(() => ask('/health/ready')).toMatchObject(waitingFor('redis'))
  expect((await ask('/health/live')).status).toBe(200)
  const redis = await startRedis({ port })
  house.services.redis.once('end', () => void redis.stop())
  await expect.poll(() => ask('/health/ready'), { timeout: 10_000 }).toMatchObject(ready)
})

describe('when Redis, which all replicas share, goes away later', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>
  let house: House
  beforeEach(async () => {
    redis = await startRedis()
    house = await openHouse({ redisUrl: redis.url })
  })
  afterEach(async () => {
    await house[Symbol.asyncDispose]()
    await redis.stop()
  })
  const ask = () => raw(house.baseUrl, { target: '/health/ready' })

  test('the application stays ready, so that somebody can show the page that explains, and names what it waits for', async () => {
    await expect.poll(ask).toMatchObject(ready)
    await redis.stop()
    await expect.poll(ask).toMatchObject(readyWithout('redis'))
    redis = await startRedis({ port: redis.port })
    await expect.poll(ask, { timeout: 10_000 }).toMatchObject(ready)
  })

  test('Redis counts as having been there, whether or not a probe asked meanwhile', async () => {
    expect((await (await house.visitor('alice')).get('/')).status).toBe(200)
    await redis.stop()
    expect(await ask()).toMatchObject(readyWithout('redis'))
  })

  test('the application still hears that it is to stop', async () => {
    await expect.poll(ask).toMatchObject(ready)
    await redis.stop()
    const app = express().use(createHealth(house.services, () => true))
    const { status, text } = await request(app).get('/health/ready')
    expect({ status, text }).toEqual(waitingFor('draining'))
  })
})

test.each([
  ['it takes no writes', (redis: Redis) => redis.config('SET', 'maxmemory', '1')],
  ['it is a replica', (redis: Redis) => redis.replicaof('127.0.0.1', '1')],
  ['it lets us run no scripts', (redis: Redis) => redis.acl('SETUSER', 'default', '-eval')],
  ['it lets us read nothing', (redis: Redis) => redis.acl('SETUSER', 'default', 'resetkeys', '%W~*')],
  ['it lets us only see keys of others', (redis: Redis) => redis.acl('SETUSER', 'default', 'resetkeys', '~others:*')],
])('a Redis that answers is not there yet while %s', async (_why, refuse) => {
  const redis = await startRedis({ args: ['--maxmemory-policy', 'noeviction'] })
  const first = new Redis(redis.url)
  await first.acl('SETUSER', 'admin', 'on', '>admin', '~*', '+@all')
  const admin = new Redis(redis.url, { username: 'admin', password: 'admin' })
  await refuse(first)
  const house = await openHouse({ redisUrl: redis.url, inspect: admin })
  try {
    const ask = () => raw(house.baseUrl, { target: '/health/ready' })
    await expect.poll(async () => (await ask()).text).not.toContain('entra')
    expect(await ask()).toMatchObject(waitingFor('redis'))
    await admin.acl('SETUSER', 'default', '~*', '+@all')
    await admin.replicaof('NO', 'ONE')
    await admin.config('SET', 'maxmemory', '0')
    await expect.poll(ask, { timeout: 10_000 }).toMatchObject(ready)
  } finally {
    first.disconnect()
    admin.disconnect()
    await house[Symbol.asyncDispose]()
    await redis.stop()
  }
})

test('one node of a cluster is no Redis, though it answers for some of our keys', async () => {
  await using cluster = await startCluster()
  await using house = await openHouse({ redisUrl: cluster.url.split(',')[0] as string, inspect: cluster.inspect })
  const ask = () => raw(house.baseUrl, { target: '/health/ready' })
  await expect.poll(async () => (await ask()).text).not.toContain('entra')
  for (let times = 0; times < 20; times++) expect(await ask()).toMatchObject(waitingFor('redis'))
})

test('the application waits for Redis and Entra when both are away', async () => {
  await using house = await openHouse({ redisUrl: 'redis://127.0.0.1:1', tenant: { switches: { down: true } } })
  expect(await raw(house.baseUrl, { target: '/health/ready' })).toMatchObject(waitingFor('redis', 'entra'))
})

test('a probe leaves nothing behind: no session, no cookie', async () => {
  await using house = await openHouse()
  const answer = await raw(house.baseUrl, { target: '/health/live', headers: { Cookie: 'gatehouse=s:forged' } })
  expect(answer.headers).not.toHaveProperty('set-cookie')
  expect(await house.redis.keys(`${house.prefix}*`)).toEqual([])
})

test('a probe that waited for Redis while the replica was told to stop hears that the replica stops, not that it is ready', async () => {
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<boolean>()]
  let isDraining = false
  const isThere = () => {
    asked.resolve()
    return answered.promise
  }
  const needs = { presence: { isThere, wasThere: () => true }, oidc: { isLoaded: () => true } }
  const app = express().use(createHealth(needs, () => isDraining))
  const answer = request(app)
    .get('/health/ready')
    .then(({ status, text }) => ({ status, text }))
  await asked.promise
  isDraining = true
  answered.resolve(true)
  expect(await answer).toEqual(waitingFor('draining'))
})
