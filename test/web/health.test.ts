import express from 'express'
import request from 'supertest'
import { expect, test } from 'vitest'
import { createHealth } from '../../src/web/health.ts'
import { openHouse } from '../support/house.ts'
import { startRedis } from '../support/machine.ts'
import { raw } from './raw.ts'

const ready = { status: 200, text: '{"status":"ready"}' }
const waitingFor = (...names: string[]) => ({
  status: 503,
  text: JSON.stringify({ status: 'not-ready', waiting: names }),
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

test('a HEAD that asks too early hears that too', async () => {
  await using house = await openHouse({ redisUrl: 'redis://127.0.0.1:1' })
  expect(await raw(house.baseUrl, { target: '/health/ready', method: 'HEAD' })).toMatchObject({ status: 503, text: '' })
})

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s opens no door for probes', async method => {
  await using house = await openHouse()
  for (const target of ['/health/live', '/health/ready'])
    expect((await raw(house.baseUrl, { target, method })).status).toBeGreaterThanOrEqual(401)
})

test('it lives while Entra is down, says what it waits for, and becomes ready by itself', async () => {
  await using house = await openHouse({ tenant: { switches: { down: true } } })
  const ask = (target: string) => raw(house.baseUrl, { target })
  await expect.poll(() => ask('/health/ready')).toMatchObject(waitingFor('entra'))
  expect((await ask('/health/live')).status).toBe(200)
  house.tenant.set({ down: false })
  await expect.poll(() => ask('/health/ready'), { timeout: 10_000 }).toMatchObject(ready)
})

test('an Entra that goes away later does not make it unready', async () => {
  await using house = await openHouse()
  await expect.poll(() => raw(house.baseUrl, { target: '/health/ready' })).toMatchObject(ready)
  house.tenant.set({ down: true })
  expect(await raw(house.baseUrl, { target: '/health/ready' })).toMatchObject(ready)
})

test('it lives while Redis is away, says so, and becomes ready when it is back', async () => {
  const first = await startRedis()
  let redis = first
  try {
    await using house = await openHouse({ redisUrl: first.url })
    const ask = (target: string) => raw(house.baseUrl, { target })
    await expect.poll(() => ask('/health/ready')).toMatchObject(ready)
    await first.stop()
    await expect.poll(() => ask('/health/ready')).toMatchObject(waitingFor('redis'))
    expect((await ask('/health/live')).status).toBe(200)
    redis = await startRedis({ port: first.port })
    await expect.poll(() => ask('/health/ready'), { timeout: 10_000 }).toMatchObject(ready)
  } finally {
    // Only when the house is closed: it tidies up in Redis.
    await redis.stop()
  }
})

test('it waits for both when both are away', async () => {
  await using house = await openHouse({ redisUrl: 'redis://127.0.0.1:1', tenant: { switches: { down: true } } })
  expect(await raw(house.baseUrl, { target: '/health/ready' })).toMatchObject(waitingFor('redis', 'entra'))
})

test('a probe leaves nothing behind: no session, no cookie', async () => {
  await using house = await openHouse()
  const answer = await raw(house.baseUrl, { target: '/health/live', headers: { Cookie: 'gatehouse=s:forged' } })
  expect(answer.headers).not.toHaveProperty('set-cookie')
  expect(await house.redis.keys(`${house.prefix}*`)).toEqual([])
})

test('a probe that waited for Redis when the replica was told to stop hears that, and not that it is ready', async () => {
  const [asked, counted] = [Promise.withResolvers<void>(), Promise.withResolvers<number>()]
  let isDraining = false
  const exists = () => {
    asked.resolve()
    return counted.promise
  }
  const needs = { redis: { exists }, oidc: { isLoaded: () => true }, config: { redis: { prefix: '' } } }
  const app = express().use(createHealth(needs, () => isDraining))
  const answer = request(app)
    .get('/health/ready')
    .then(({ status, text }) => ({ status, text }))
  await asked.promise
  isDraining = true
  counted.resolve(0)
  expect(await answer).toEqual(waitingFor('draining'))
})
