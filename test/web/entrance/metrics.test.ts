import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createMetrics } from '../../../src/web/entrance/metrics.ts'
import { type HouseOptions, openHouse } from '../../support/house.ts'
import { startRedis } from '../../support/machine.ts'

async function openMetrics(options: HouseOptions = {}) {
  const house = await openHouse(options)
  const server = createMetrics(house.services)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    house,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      await new Promise<void>(resolve => void server.close(() => resolve()))
      await house[Symbol.asyncDispose]()
    },
  }
}

test('the worst case of the settings in force is exported for Prometheus', async () => {
  await using metrics = await openMetrics()
  const answer = await fetch(`${metrics.origin}/metrics`, { headers: { Connection: 'close' } })
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
  expect(await answer.text()).toMatch(/^gatehouse_gate_worst_case_seconds\{gate="members"\} 360$/m)
})

test('nothing else is on the port of the metrics', async () => {
  await using metrics = await openMetrics()
  for (const [method, path] of [
    ['GET', '/'],
    ['POST', '/metrics'],
    ['GET', '/metrics/x'],
  ] as const)
    expect((await fetch(metrics.origin + path, { method, headers: { Connection: 'close' } })).status).toBe(404)
})

test('a probe of the metrics may ask with HEAD', async () => {
  await using metrics = await openMetrics()
  const answer = await fetch(`${metrics.origin}/metrics`, { method: 'HEAD', headers: { Connection: 'close' } })
  expect([answer.status, await answer.text()]).toEqual([200, ''])
})

test('the public port has no metrics', async () => {
  await using house = await openHouse()
  const alice = await house.visitor('alice')
  expect((await alice.get('/metrics')).status).toBe(404)
})

test('people read the worst case on the page of their sessions', async () => {
  await using house = await openHouse({ settings: { MEMBERSHIP_RECHECK_SECONDS: '120' } })
  const alice = await house.visitor('alice')
  expect((await alice.get('/sessions')).text).toContain('sessions close within 2 min, or within 7 min while Microsoft')
})

describe('a gauge that cannot be known is not there, rather than 0', () => {
  const read = async ({ origin }: { origin: string }) =>
    (await fetch(`${origin}/metrics`, { headers: { Connection: 'close' } })).text()

  test('the roster, where there is none', async () => {
    await using metrics = await openMetrics({ settings: { METRICS_PORT: '9464' } })
    const text = await read(metrics)
    expect(text).not.toMatch(/^gatehouse_roster_(age_seconds|members)[ {]/m)
    expect(text).toMatch(/^gatehouse_sessions 0$/m)
  })

  test('the roster, until Graph has listed the group', async () => {
    const switches = { graphDown: true }
    await using metrics = await openMetrics({ settings: { MEMBERSHIP_ROSTER: 'on' }, tenant: { switches } })
    await expect
      .poll(() => read(metrics))
      .toMatch(/^gatehouse_roster_polls_total\{gate="members",result="failed"\} [1-9]/m)
    expect(await read(metrics)).not.toMatch(/^gatehouse_roster_(age_seconds|members)[ {]/m)
  })

  test('the sessions, while Redis is away', async () => {
    await using metrics = await openMetrics({ settings: { METRICS_PORT: '9464' }, redisUrl: 'redis://127.0.0.1:1' })
    expect(await read(metrics)).not.toMatch(/^gatehouse_(gate_)?sessions[ {]/m)
  })

  test('the sessions, once Redis is away again; until then everyone who asks at the same time is told', async () => {
    const redis = await startRedis()
    await using metrics = await openMetrics({ settings: { METRICS_PORT: '9464' }, redisUrl: redis.url })
    const texts = await Promise.all(Array.from({ length: 20 }, () => read(metrics)))
    for (const text of texts) expect(text).toMatch(/^gatehouse_sessions 0$/m)
    await redis.stop()
    await expect.poll(() => read(metrics)).not.toMatch(/^gatehouse_sessions /m)
  })

  test('no value is NaN', async () => {
    await using metrics = await openMetrics({ settings: { METRICS_PORT: '9464' } })
    metrics.house.services.meter.gauge('gatehouse_odd', 'Odd.', () => [{ value: Number.NaN }])
    metrics.house.services.meter.gauge('gatehouse_broken', 'Broken.', () => {
      throw new Error('broken')
    })
    const text = await read(metrics)
    expect(text).not.toMatch(/^gatehouse_\w+(\{.*\})? NaN$/m)
    expect(text).not.toMatch(/^gatehouse_(odd|broken) /m)
    expect(text).toMatch(/^gatehouse_sessions 0$/m)
  })
})
