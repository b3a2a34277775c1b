import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../../../infra/demo/ports.ts'
import { startRedisServer } from '../../../infra/demo/redis-server.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { type House, openHouse } from '../../support/house.ts'
import { startRedis } from '../../support/machine.ts'
import { startTlsRedis } from '../../support/redis/redis-servers.ts'
import { eventsIn } from '../../support/stored.ts'
import { patience } from './shapes.ts'

const [oldPassword, newPassword] = ['first-canary', 'second-canary']
/** The steps of docs/redis.md, for these passwords. */
const [addNew = '', takeOld = ''] = [
  ...readFileSync('docs/redis.md', 'utf8').matchAll(/^```\n(ACL SETUSER gatehouse .+)\n```$/gm),
].map(([, line = '']) => line.replace('NEW', newPassword).replace('OLD', oldPassword))

let folder: string
const endings: (() => unknown)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-secrets-'))
})
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
  rmSync(folder, { recursive: true, force: true })
})

/** As an orchestrator swaps a file: nobody reads half of it. */
function roll(name: string, text: string): string {
  writeFileSync(join(folder, `${name}.new`), text)
  renameSync(join(folder, `${name}.new`), join(folder, name))
  return join(folder, name)
}

type Place = {
  urlWith: (password: string) => string
  settings: Record<string, string>
  inspect: Redis
  /** Tells it as an administrator: every server that knows the user. */
  tell: (line: string) => Promise<unknown>
  /** Cuts all connections of the user. */
  cut: () => Promise<unknown>
}

const user = `user gatehouse on >${oldPassword} ~* &* +@all`.split(' ')
const asUser = ['--user', ...user.slice(1)]
const connected = (port: number) => {
  const admin = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50 })
  admin.on('error', () => {})
  endings.push(() => admin.disconnect())
  return admin
}
const tellAll = (admins: readonly Redis[]) => (line: string) => {
  const [command = '', ...rest] = line.split(' ')
  return Promise.all(admins.map(admin => admin.call(command, ...rest)))
}
const cutAll = (admins: readonly Redis[]) => () =>
  Promise.all(admins.map(admin => admin.call('CLIENT', 'KILL', 'USER', 'gatehouse')))

async function one(): Promise<Place> {
  const redis = await startRedis({ args: asUser })
  endings.push(redis.stop)
  const inspect = connected(redis.port)
  const urlWith = (password: string) => `redis://gatehouse:${password}@127.0.0.1:${redis.port}`
  return { urlWith, settings: {}, inspect, tell: tellAll([inspect]), cut: cutAll([inspect]) }
}

async function clustered(): Promise<Place> {
  const args = [
    '--cluster-enabled',
    'yes',
    '--cluster-announce-ip',
    '127.0.0.1',
    '--cluster-port',
    String(await freePort()),
  ]
  const redis = await startRedis({ args: [...asUser, ...args] })
  endings.push(redis.stop)
  const inspect = connected(redis.port)
  await inspect.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  await expect.poll(() => inspect.call('CLUSTER', 'INFO'), patience).toContain('cluster_state:ok')
  const urlWith = (password: string) => `redis://gatehouse:${password}@127.0.0.1:${redis.port}`
  return { urlWith, settings: { REDIS_CLUSTER: 'on' }, inspect, tell: tellAll([inspect]), cut: cutAll([inspect]) }
}

async function watched(): Promise<Place> {
  const redis = await startRedis({ args: asUser })
  endings.push(redis.stop)
  const inspect = connected(redis.port)
  const port = await freePort()
  const file = join(folder, 'sentinel.conf')
  const lines = [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, `sentinel monitor ours 127.0.0.1 ${redis.port} 1`]
  writeFileSync(file, `${[...lines, user.join(' ')].join('\n')}\n`)
  const sentinel = await startRedisServer([file, '--sentinel'], { until: 'Sentinel ID is' })
  endings.push(() => sentinel.end())
  const admins = [inspect, connected(port)]
  const urlWith = (password: string) =>
    `redis://gatehouse:${password}@127.0.0.1:${port}?sentinelUsername=gatehouse&sentinelPassword=${password}`
  return { urlWith, settings: { REDIS_SENTINEL_MASTER: 'ours' }, inspect, tell: tellAll(admins), cut: cutAll(admins) }
}

async function house({ urlWith, settings, inspect }: Place): Promise<House> {
  const opened = await openHouse({
    inspect,
    settings: { ...settings, REDIS_URL: '', REDIS_URL_FILE: roll('redis-url', `${urlWith(oldPassword)}\n`) },
  })
  endings.push(() => opened[Symbol.asyncDispose]())
  return opened
}
const events = (opened: House, event: string) => eventsIn(opened.logged, event)
/** Until the connections of the house are new, and people are served. */
async function servedAnew(opened: House, { cut }: Place): Promise<void> {
  const before = events(opened, 'redis-ready').length
  await cut()
  await expect.poll(() => events(opened, 'redis-ready').length, patience).toBeGreaterThan(before)
  const alice = await opened.visitor('alice', { signIn: false })
  await expect.poll(async () => (await alice.signIn('/')).status, patience).toBe(200)
}

describe.each([
  ['one Redis', one],
  ['Sentinel', watched],
  ['Cluster', clustered],
])('the password of %s changes', (_shape, open) => {
  test('by the steps of the documentation: nothing is restarted and nothing is refused', async () => {
    const place = await open()
    const opened = await house(place)
    const alice = await opened.visitor('alice')
    await place.tell(addNew)
    roll('redis-url', place.urlWith(newPassword))
    expect((await alice.get('/')).status).toBe(200)
    await place.tell(takeOld)
    await servedAnew(opened, place)
    await servedAnew(opened, place)
    expect((await alice.get('/')).status).toBe(200)
    expect(events(opened, 'secret-file-taken')).toMatchObject([{ name: 'REDIS_URL' }])
    expect(events(opened, 'redis-refuses')).toEqual([])
    expect(opened.logged.join('\n')).not.toContain('canary')
  })

  test('first there, and later in the file: the house is refused, goes on trying, and is let in', async () => {
    const place = await open()
    const opened = await house(place)
    await place.tell(addNew)
    await place.tell(takeOld)
    await place.cut()
    await expect.poll(() => events(opened, 'redis-refuses').length, patience).toBe(1)
    expect(events(opened, 'redis-refuses')[0]).toMatchObject({ word: 'WRONGPASS' })
    // It was tried so often that a client that gives up would have given up.
    const refused = async () =>
      Number(/acl_access_denied_auth:(\d+)/.exec(await place.inspect.info('stats'))?.[1] ?? 99)
    await expect.poll(refused, patience).toBeGreaterThan(3)
    roll('redis-url', place.urlWith(newPassword))
    const alice = await opened.visitor('alice', { signIn: false })
    await expect.poll(async () => (await alice.signIn('/')).status, patience).toBe(200)
    expect(events(opened, 'redis-refuses')).toHaveLength(1)
  })
})

const bad: [what: string, spoil: (place: Place, file: string) => void, why: string][] = [
  ['is empty', () => roll('redis-url', ''), 'not-good'],
  ['is half written, so that it names a host', place => roll('redis-url', place.urlWith('').slice(0, 12)), 'not-good'],
  ['is half written, so that it names a port', place => roll('redis-url', place.urlWith('a').slice(0, -2)), 'not-good'],
  ['is a placeholder', () => roll('redis-url', 'redis://gatehouse:changeme@127.0.0.1'), 'not-good'],
  ['names several', place => roll('redis-url', `${place.urlWith('a')},redis://127.0.0.1:1`), 'not-good'],
  ['names another database', place => roll('redis-url', `${place.urlWith('a')}/3`), 'not-good'],
  ['is not there', (_place, file) => rmSync(file), 'unreadable'],
]
test.each(bad)('a file that %s is not taken, and the log says so once', async (_what, spoil, why) => {
  const place = await one()
  const opened = await house(place)
  spoil(place, join(folder, 'redis-url'))
  await servedAnew(opened, place)
  await servedAnew(opened, place)
  expect(events(opened, 'secret-file-refused')).toMatchObject([{ name: 'REDIS_URL', why }])
  await place.tell(addNew)
  roll('redis-url', place.urlWith(newPassword))
  await place.tell(takeOld)
  await servedAnew(opened, place)
  expect(events(opened, 'secret-file-taken')).toHaveLength(1)
})

test('an authority that changed in its file is believed at the next connection', async () => {
  const redis = await startTlsRedis()
  endings.push(() => redis[Symbol.asyncDispose]())
  const file = roll('ca.pem', makeCertificate().certificate)
  const opened = await openHouse({ redisUrl: redis.url, inspect: redis.inspect, settings: { REDIS_CA_FILE: file } })
  endings.push(() => opened[Symbol.asyncDispose]())
  await expect.poll(() => events(opened, 'redis-refuses').length, patience).toBe(1)
  roll('ca.pem', redis.ca)
  const alice = await opened.visitor('alice', { signIn: false })
  await expect.poll(async () => (await alice.signIn('/')).status, patience).toBe(200)
  roll('ca.pem', 'no certificate')
  await redis.inspect.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  await expect.poll(async () => (await alice.signIn('/auth/sign-in')).status, patience).toBe(200)
  expect(events(opened, 'secret-file-taken')).toMatchObject([{ name: 'REDIS_CA_FILE' }])
  expect(events(opened, 'secret-file-refused')).toMatchObject([{ name: 'REDIS_CA_FILE', why: 'not-good' }])
})
