import { Agent, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { freePort } from '../../infra/demo/ports.ts'
import { openReplicas, type Replica, type Replicas, startReplica } from '../support/replicas.ts'
import type { Visitor } from '../support/visitor.ts'

/** New requests are accepted for one fifth of this time. */
const graceSeconds = 5
const noticingMs = (graceSeconds * 1000) / 5

let house: Replicas
let replica: Replica
beforeAll(async () => {
  house = await openReplicas({
    settings: {
      SHUTDOWN_GRACE_SECONDS: String(graceSeconds),
      MEMBERSHIP_ROSTER: 'on',
      MEMBERSHIP_ROSTER_SECONDS: '5',
      LOG_LEVEL: 'debug',
    },
    count: 2,
  })
})
afterAll(() => house[Symbol.asyncDispose]())
/** The tests stop the second replica again and again. People sign in through the first. */
beforeEach(async () => {
  house.tenant.set({ slow: {} })
  replica = house.replica(1)
  const answer = await fetch(replica.at('/health/live')).catch(() => undefined)
  if (!answer) await house.restart(1)
  replica = house.replica(1)
})

/** Sends requests over one connection that is kept open. */
const asked = (agent: Agent, path: string) =>
  new Promise<IncomingMessage>((resolve, reject) =>
    get(replica.at(path), { agent }, answer => answer.resume().on('end', () => resolve(answer))).on('error', reject),
  )
const isListening = () =>
  new Promise<boolean>(resolve => {
    const socket = connect(Number(new URL(replica.origin).port), '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
const lastOf = (event: string) => JSON.parse(replica.logged.findLast(line => line.includes(`"${event}"`)) ?? '{}')
const draining = { status: 'not-ready', waiting: ['draining'] }

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  test(`from ${signal} on the probe hears that this replica is draining, at once; it ends with 0`, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    await asked(agent, '/health/ready')
    replica.signal(signal)
    while ((await asked(agent, '/health/ready')).statusCode === 200);
    expect(await (await fetch(replica.at('/health/ready'))).json()).toEqual(draining)
    expect((await fetch(replica.at('/health/live'))).status).toBe(200)
    expect(await replica.exited).toBe(0)
    // Measured by the clock of the process, because a busy machine may take long to ask.
    const lines = replica.logged.map(line => JSON.parse(line))
    const told = Date.parse(lines.find(({ event }) => event === 'stopping').time)
    const ready = lines.findLast(({ path, status }) => path === '/health/ready' && status === 200)
    expect(Date.parse(ready.time) - told).toBeLessThan(100)
    expect([lines.at(-1).event, lines.at(-1).exitCode]).toEqual(['stopped', 0])
    expect(Date.parse(lines.at(-1).time) - told).toBeLessThan(graceSeconds * 1000)
  })

test('requests go on being served until the proxy must have noticed, and each connection is told to close', async () => {
  const alice = await house.visitor('alice')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  await asked(agent, '/auth/signed-out')
  const kept = Object.values(agent.freeSockets).flat()[0]
  const isClosed = new Promise(resolve => kept?.once('close', () => resolve(true)))
  replica.signal('SIGTERM')
  await expect.poll(() => replica.events(), { interval: 10 }).toContain('stopping')
  const told = await asked(agent, '/auth/signed-out')
  expect([told.statusCode, told.headers.connection]).toEqual([200, 'close'])
  await isClosed

  let served = 0
  while (await isListening()) {
    const answer = await alice.get(replica.at('/')).catch(() => undefined)
    if (!answer) break
    expect(answer.status).toBe(200)
    served += 1
  }
  expect(served).toBeGreaterThan(0)
  expect(await replica.exited).toBe(0)
})

/** Signs in at Entra, and stops before the callback: its address is the answer. */
async function atTheDoor(key: string): Promise<{ visitor: Visitor; callback: string }> {
  const visitor = await house.visitor(key)
  visitor.cookies().clear()
  let at = new URL('/', house.baseUrl).href
  for (let hops = 0; hops < 20; hops++) {
    const { pathname, search } = new URL(at)
    if (pathname === '/auth/callback') return { visitor, callback: pathname + search }
    const page = await visitor.get(at)
    const answer = page.headers.location ? page : await visitor.post(at, { person: key, method: 'password' })
    at = new URL(answer.headers.location ?? '', at).href
  }
  throw new Error('Entra did not send the visitor back')
}
/** Sends the callback to the second replica, which then waits for Entra. */
async function waitingForEntra(key: string, ms: number) {
  const { visitor, callback } = await atTheDoor(key)
  house.tenant.set({ slow: { token: ms } })
  const before = house.tenant.calls.token
  const answer = visitor.get(replica.at(callback)).then(
    ({ status }) => status,
    (error: NodeJS.ErrnoException) => error.code,
  )
  await expect.poll(() => house.tenant.calls.token, { interval: 10 }).toBeGreaterThan(before)
  return { visitor, answer }
}

test('a sign-in that is being finished when the time for new requests is over is finished, and counts', async () => {
  const { visitor, answer } = await waitingForEntra('alice', noticingMs + 800)
  replica.signal('SIGTERM')
  await expect.poll(isListening, { timeout: 3_000 }).toBe(false)
  expect(await answer).toBe(303)
  expect(await replica.exited).toBe(0)
  house.tenant.set({ slow: {} })
  expect((await visitor.get('/sessions')).status).toBe(200)
})

test('a connection that is only kept does not hold up the end', async () => {
  const idle = connect(Number(new URL(replica.origin).port), '127.0.0.1')
  idle.on('error', () => {})
  idle.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n')
  await new Promise(resolve => idle.once('data', resolve))
  const before = performance.now()
  expect(await replica.stop()).toBe(0)
  expect(performance.now() - before).toBeLessThan(graceSeconds * 1000)
})

test('a second signal cuts what is left, at once', async () => {
  const { answer } = await waitingForEntra('alice', 20_000)
  replica.signal('SIGTERM')
  // The first of these signals may come so soon that it counts as an echo of the one before.
  const telling = setInterval(() => replica.signal('SIGTERM'), 100)
  expect(await replica.exited).toBe(0)
  clearInterval(telling)
  expect(Date.parse(lastOf('stopped').time) - Date.parse(lastOf('cut').time)).toBeLessThan(500)
  expect(await answer).toBe('ECONNRESET')
  expect(lastOf('cut')).toMatchObject({ why: 'told-again', requests: 1 })
})

test('a signal that reaches it twice at once, as when its whole group is told, cuts nothing', async () => {
  const logged = replica.logged.length
  replica.signal('SIGINT')
  replica.signal('SIGTERM')
  expect(await replica.exited).toBe(0)
  expect(replica.logged.slice(logged).join('\n')).not.toContain('"cut"')
})

test('the lease of what one replica does for all is given back, so that another goes on at once', async () => {
  const redis = new Redis(inject('redisUrl'))
  const leases = async () => (await redis.keys(`${house.environment.REDIS_PREFIX}lease:roster:*`)).length
  house.tenant.set({ slow: { graph: 1_500 } })
  await house.replica(0).stop()
  await expect.poll(leases, { timeout: 10_000, interval: 20 }).toBe(1)
  expect(await replica.stop()).toBe(0)
  expect(await leases()).toBe(0)
  redis.disconnect()
  await house.restart(0)
})

test('requests that are not finished within the whole time are cut', async () => {
  const short = await startReplica({
    ...house.environment,
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    SHUTDOWN_GRACE_SECONDS: '1',
  })
  replica = short
  const { answer } = await waitingForEntra('ada', 20_000)
  const before = performance.now()
  expect(await short.stop()).toBe(0)
  expect(performance.now() - before).toBeGreaterThan(950)
  expect(performance.now() - before).toBeLessThan(1_500)
  expect(await answer).toBe('ECONNRESET')
  expect(lastOf('cut')).toMatchObject({ why: 'no-time-left', requests: 1 })
})
