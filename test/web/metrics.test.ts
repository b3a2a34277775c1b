import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createMetrics } from '../../src/web/metrics.ts'
import { openHouse } from '../support/house.ts'

async function openMetrics() {
  const house = await openHouse()
  const server = createMetrics(house.services)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
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
  expect(await answer.text()).toMatch(/^gatehouse_gate_worst_case_seconds 360$/m)
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

test('the public port has no metrics', async () => {
  await using house = await openHouse()
  const alice = await house.visitor('alice')
  expect((await alice.get('/metrics')).status).toBe(404)
})

test('people read the worst case on the page of their sessions', async () => {
  await using house = await openHouse({ settings: { MEMBERSHIP_RECHECK_SECONDS: '120' } })
  const alice = await house.visitor('alice')
  expect((await alice.get('/sessions')).text).toContain('known within 2 min, and within 7 min while Microsoft')
})
