import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect } from 'vitest'
import { createMetrics } from '../../../src/web/entrance/metrics.ts'
import type { House } from '../../support/house.ts'
import { testInNew } from '../../support/test-in.ts'
import { openThreeGates } from '../../support/three-gates.ts'

const test = testInNew(() => openThreeGates({ settings: { METRICS_PORT: '9464', SESSION_IDLE_MINUTES: '30' } }))
const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

/** Reads from the metrics how many sessions count at each gate. */
async function countsIn(house: House) {
  const server = createMetrics(house.services)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
  return async () => {
    const text = await (await fetch(url, { headers: { Connection: 'close' } })).text()
    const lines = text.matchAll(/^gatehouse_gate_sessions\{gate="(\w+)"\} (\d+)$/gm)
    return Object.fromEntries([...lines].map(([, gate, count]) => [gate, Number(count)]))
  }
}
const none = { members: 0, operators: 0, auditors: 0 }
const on = (house: House, key: string, group: 'operators' | 'auditors', minutes = 60) =>
  house.tenant.assign(key, { minutes, reason: 'Refund 8841', group })

describe('the sessions of each gate in the metrics', () => {
  test('are none before anybody came', async ({ house }) => {
    expect(await (await countsIn(house))()).toMatchObject(none)
  })

  test('are those of its members: of each browser, and of nobody who is refused', async ({ house }) => {
    const counts = await countsIn(house)
    on(house, 'alice', 'operators')
    on(house, 'oskar', 'auditors')
    for (const key of ['alice', 'alice', 'oskar', 'lena']) await house.visitor(key)
    await expect.poll(counts).toMatchObject({ members: 2, operators: 2, auditors: 1 })
  })

  test('are fewer after a sign-out', async ({ house }) => {
    const counts = await countsIn(house)
    const [one] = [await house.visitor('alice'), await house.visitor('alice')]
    await expect.poll(counts).toMatchObject({ ...none, members: 2 })
    await one?.post('/auth/sign-out')
    await expect.poll(counts).toMatchObject({ ...none, members: 1 })
  })

  test('are fewer once a re-check found that the membership was lost, at that gate alone', async ({ house }) => {
    const counts = await countsIn(house)
    on(house, 'alice', 'operators')
    const alice = await house.visitor('alice')
    await expect.poll(counts).toMatchObject({ ...none, members: 1, operators: 1 })
    house.tenant.end('alice')
    house.clock.advance({ seconds: 61 })
    await alice.get('/')
    await expect.poll(counts).toMatchObject({ ...none, operators: 1 })
  })

  test('are fewer from the second at which a membership ends, though nobody asks for a page', async ({ house }) => {
    const counts = await countsIn(house)
    on(house, 'alice', 'operators', 20)
    const alice = await house.visitor('alice')
    // PIM says when access ends, once somebody is on a page of the gate.
    await alice.follow('/refunds')
    await expect.poll(async () => (await alice.get('/refunds')).text).toContain('12:20')
    house.clock.set('2026-03-02T12:19:59.999Z')
    await expect.poll(counts).toMatchObject({ members: 1, operators: 1 })
    house.clock.set('2026-03-02T12:20:00Z')
    expect(await counts()).toMatchObject({ members: 1, operators: 0 })
  })

  test('are those that are in use', async ({ house }) => {
    const counts = await countsIn(house)
    house.tenant.extend('alice', { minutes: 600, reason: 'A long day' })
    const alice = await house.visitor('alice')
    for (const _each of [1, 2]) {
      house.clock.advance({ minutes: 29 })
      expect((await alice.get('/')).status).toBe(200)
    }
    await expect.poll(counts).toMatchObject({ ...none, members: 1 })
    house.clock.advance({ minutes: 30 })
    expect(await counts()).toMatchObject(none)
  })
})
