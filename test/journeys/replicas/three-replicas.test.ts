import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startRedis } from '../../support/machine.ts'
import { openReplicas, type Replica, type Replicas } from '../../support/replicas.ts'
import type { Visitor } from '../../support/visitor.ts'

const recheckMs = 15_000

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-replicas-'))
const startStore = (port = 0) =>
  startRedis({ port, args: ['--appendonly', 'yes', '--appendfsync', 'always', '--dir', folder] })

let store: Awaited<ReturnType<typeof startRedis>>
let house: Replicas
let alice: Visitor
let ben: Visitor
let benElsewhere: Visitor
let oskar: Visitor
let ada: Visitor
let signedInAt: number

// Everybody signs in at the start, and all their memberships grow old together: the time passes once for all tests.
beforeAll(async () => {
  store = await startStore()
  house = await openReplicas({
    settings: { MEMBERSHIP_RECHECK_SECONDS: String(recheckMs / 1000) },
    redisUrl: store.url,
  })
  for (const key of ['ben', 'oskar']) house.tenant.assign(key, { minutes: 60, reason: 'works here today' })
  alice = await house.visitor('alice')
  ben = await house.visitor('ben')
  benElsewhere = await house.visitor('ben')
  oskar = await house.visitor('oskar')
  ada = await house.visitor('ada')
  signedInAt = Date.now()
})
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  await store.stop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  await expect.poll(() => Date.now() - signedInAt, { timeout: recheckMs + 5_000 }).toBeGreaterThan(recheckMs)
})

const statusAt = async (visitor: Visitor, replica: Replica, path = '/') => (await visitor.get(replica.at(path))).status
const everywhere = (visitor: Visitor) => Promise.all(house.replicas.map(replica => statusAt(visitor, replica)))

test('a thousand requests at once on three replicas ask Entra once', async () => {
  house.tenant.set({ slow: { token: 1_000 } })
  const before = house.tenant.calls.token
  const headers = { cookie: alice.cookieHeader(), accept: 'text/html' }
  const visits = Array.from({ length: 1_000 }, async (_, count) => {
    const answer = await fetch(house.replica(count % 3).at('/'), { headers })
    await answer.text()
    return answer.status
  })
  expect(new Set(await Promise.all(visits))).toEqual(new Set([200]))
  expect(house.tenant.calls.token).toBe(before + 1)
  house.tenant.set({ slow: {} })
})

test('someone removed is refused on every replica, whichever notices first', async () => {
  house.tenant.end('oskar')
  expect(await statusAt(oskar, house.replica(1))).toBe(403)
  expect(await everywhere(oskar)).toEqual([403, 403, 403])
})

test('one person in two browsers is refused in both', async () => {
  house.tenant.end('ben')
  expect(await everywhere(ben)).toEqual([403, 403, 403])
  expect(await everywhere(benElsewhere)).toEqual([403, 403, 403])
})

test('someone assigned again is in on every replica, by themselves', async () => {
  house.tenant.assign('oskar', { minutes: 60, reason: 'is back' })
  await expect.poll(() => statusAt(oskar, house.replica(2)), { timeout: 8_000 }).toBe(200)
  expect(await everywhere(oskar)).toEqual([200, 200, 200])
})

test('a Redis that is killed and comes back with what it kept signs nobody out', async () => {
  const cookie = oskar.cookieHeader()
  // With SIGKILL.
  await store.stop()
  await expect.poll(() => statusAt(oskar, house.replica(0))).toBe(503)
  store = await startStore(store.port)
  const seen: number[] = []
  for (const replica of house.replicas)
    await expect
      .poll(
        async () => {
          seen.push(await statusAt(oskar, replica))
          return seen.at(-1)
        },
        { timeout: 10_000 },
      )
      .toBe(200)
  expect(seen.filter(status => status !== 200 && status !== 503)).toEqual([])
  expect(oskar.cookieHeader()).toBe(cookie)
})

test('when the replica that asks is killed, another takes over', async () => {
  house.tenant.set({ slow: { token: 30_000 } })
  house.tenant.end('ada')
  const before = house.tenant.calls.token
  const lost = statusAt(ada, house.replica(2)).catch(() => 'cut off')
  await expect.poll(() => house.tenant.calls.token).toBe(before + 1)
  const waiting = statusAt(ada, house.replica(1))
  await house.replica(2).kill()
  house.tenant.set({ slow: {} })
  expect(await lost).toBe('cut off')
  // Refused: that is not what was known before, so it was asked anew.
  expect(await waiting).toBe(403)
  expect(house.tenant.calls.token).toBe(before + 2)
})
