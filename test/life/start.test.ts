import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect } from 'vitest'
import { freePort } from '../../infra/demo/ports.ts'
import type { House } from '../support/house.ts'
import { startRedis } from '../support/machine.ts'
import { type Replica, startReplica } from '../support/replicas.ts'
import { testIn } from '../support/test-in.ts'

/** The environment of a process of this house: a port of its own, and the settings that a test is about. */
const told = async (house: House, settings: Record<string, string>) => ({
  ...house.environment,
  HOST: '127.0.0.1',
  PORT: String(await freePort()),
  ...settings,
})
const test = testIn()

const readiness = async (replica: Replica) => (await fetch(replica.at('/health/ready'))).json()

test('with Redis, Entra and Graph down it starts, says what it waits for, and becomes ready by itself', async ({
  house,
}) => {
  house.tenant.set({ down: true })
  const redisPort = await freePort()
  const replica = await startReplica(
    await told(house, {
      REDIS_URL: `redis://127.0.0.1:${redisPort}`,
      GRAPH_BASE_URL: `http://127.0.0.1:${await freePort()}`,
      MEMBERSHIP_ROSTER: 'on',
      GRAPH_NOTIFICATIONS: 'on',
    }),
    { until: 'live' },
  )
  const nobody = await fetch(replica.at('/'), { redirect: 'manual', headers: { Accept: 'application/json' } })
  expect(await readiness(replica)).toEqual({ status: 'not-ready', waiting: ['redis', 'entra'] })
  expect(nobody.status).toBe(401)

  house.tenant.set({ down: false })
  await expect.poll(() => readiness(replica), { timeout: 10_000 }).toEqual({ status: 'not-ready', waiting: ['redis'] })
  // The log names both, and says each error once, however often the process tries.
  const logged = (event: string) => replica.logged.map(line => JSON.parse(line)).filter(line => line.event === event)
  expect(logged('redis-away')).toMatchObject([{ at: [`127.0.0.1:${redisPort}`], error: { code: 'ECONNREFUSED' } }])
  const waits = logged('entra-not-ready')
  expect(waits.map(({ tries }) => tries)).toEqual(waits.map((_, index) => index + 1))
  const errors = waits.flatMap(({ error }) => (error ? [JSON.stringify(error)] : []))
  expect(errors[0]).toContain('"code":"entra-unreachable"')
  expect(new Set(errors).size).toBe(errors.length)
  expect(waits[0].issuer).toContain(house.tenant.origin)

  const redis = await startRedis({ port: redisPort })
  // Graph stays away, because readiness does not depend on it.
  await expect.poll(() => readiness(replica), { timeout: 10_000 }).toEqual({ status: 'ready' })
  expect(replica.events().filter(event => event === 'watch-failed').length).toBeLessThanOrEqual(1)
  await replica.kill()
  await redis.stop()
})

test('the line that says that it listens says which release it is', async ({ house }) => {
  const replica = await startReplica(await told(house, {}))
  const line = replica.logged.map(text => JSON.parse(text)).find(({ event }) => event === 'listening')
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  expect(line).toMatchObject({ version, node: process.version })
  await replica.kill()
})

test('npm start passes on what an orchestrator says: the process drains and ends well', async ({ house }) => {
  const settings = await told(house, { SHUTDOWN_GRACE_SECONDS: '1' })
  const npm = spawn('npm', ['start'], { env: { ...process.env, ...settings }, stdio: ['ignore', 'pipe', 'ignore'] })
  const exited = once(npm, 'exit')
  let text = ''
  npm.stdout.on('data', chunk => {
    text += chunk
  })
  const url = `http://127.0.0.1:${settings.PORT}/health/ready`
  const isReady = async () => (await fetch(url).catch(() => undefined))?.ok ?? false
  await expect.poll(isReady, { timeout: 20_000 }).toBe(true)
  npm.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
  expect(text).toContain('"event":"stopped","exitCode":0')
  await expect(fetch(url)).rejects.toThrow()
})

test('told to end while it still loads it ends at once, and not only once it is up', async ({ house }) => {
  const tellAtOnce = "process.on('newListener', name => name === 'SIGTERM' && process.kill(process.pid, name))"
  const app = spawn(process.execPath, ['--import', `data:text/javascript,${tellAtOnce}`, 'src/main.ts'], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...(await told(house, {})) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  app.stdout.on('data', chunk => {
    text += chunk
  })
  expect(await once(app, 'close')).toEqual([0, null])
  // In a container the process is process 1, whose signals are lost until it listens for them.
  expect(text).toBe('')
})

for (const [name, setting] of [
  ['PORT', 'HOST and PORT'],
  ['METRICS_PORT', 'METRICS_PORT'],
] as const)
  test(`a ${name} that is taken is said in plain words, and nothing is left running`, async ({ house }) => {
    const other = createServer(socket => socket.destroy())
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const words = `cannot listen on 127.0.0.1, port ${port} (EADDRINUSE): something else listens there. See ${setting}.`
    await expect(startReplica(await told(house, { [name]: String(port) }))).rejects.toThrow(`ended with 1: ${words}`)
    other.close()
  })

test('a HOST that is none is said in plain words', async ({ house }) => {
  const words =
    /cannot listen on nowhere\.invalid, port \d+ \(E\w+\): there is no host of that name, or .* See HOST and PORT\./
  await expect(startReplica(await told(house, { HOST: 'nowhere.invalid' }))).rejects.toThrow(words)
})
