import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RedisTopology } from '../../../../src/config/redis-settings.ts'
import { Secret } from '../../../../src/config/secret.ts'
import { askingEachTime, createSource, valuesOf } from '../../../../src/session/redis/source.ts'
import { makeCertificate } from '../../../support/certificate.ts'
import { linesOf } from './lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-source-'))
let file = ''
let now = 0
let last = 0
beforeEach(() => {
  now = 1_000
  file = join(folder, `file-${++last}`)
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
  mkdirSync(folder)
})

const certificates = ['one', 'other'].map(() => makeCertificate().certificate) as [string, string]
type Options = { url?: string; ca?: string; files?: { urlFile?: string; caFile?: string }; topology?: RedisTopology }
function open({
  url = 'redis://user:old@a:1',
  ca,
  files = { urlFile: file },
  topology = { kind: 'one' },
}: Options = {}) {
  const { log, lines } = linesOf()
  const source = createSource({ url: new Secret(url), topology, ca, prefix: '', ...files }, log)
  /** What the source says when the file holds this by then. */
  const holding = (text: string) => {
    writeFileSync(file, text)
    now += 1_000
    return source()
  }
  return { source, holding, lines, said: () => lines.map(({ event }) => event) }
}

describe('where Redis is', () => {
  test('is at first what the settings say', () => {
    const { source } = open({ url: 'rediss://user:old@a:1/3', ca: certificates[0], files: {} })
    expect(source()).toEqual({
      nodes: [{ host: 'a', port: 1 }],
      isTls: true,
      database: 3,
      username: 'user',
      password: 'old',
      ca: certificates[0],
    })
  })

  test('is not made up where the address is no good', () => {
    expect(() => open({ url: 'http://a:1' })).toThrow('REDIS_URL must begin with redis://')
  })

  test('is not made up where there is no address', () => {
    expect(() =>
      createSource({ url: undefined, topology: { kind: 'one' }, ca: undefined, prefix: '' }, linesOf().log),
    ).toThrow('REDIS_URL must be an absolute URL')
  })
})

describe('a password in a file', () => {
  test('that changes is taken', () => {
    expect(open().holding('redis://user:new@a:1\n')).toMatchObject({ username: 'user', password: 'new' })
  })

  test('that changes is said to be taken, and never told', () => {
    const { holding, lines } = open()
    holding('redis://user:old@a:1')
    holding('redis://user:canary@a:1')
    expect(lines).toMatchObject([{ level: 30, event: 'secret-file-taken', name: 'REDIS_URL' }])
    expect(JSON.stringify(lines)).not.toContain('canary')
  })

  test('that is the same is not said to be taken', () => {
    const { holding, said } = open()
    for (let times = 0; times < 3; times++) holding('redis://user:old@a:1')
    expect(said()).toEqual([])
  })

  test('stays as it was when the file goes', () => {
    const { holding, source } = open()
    holding('redis://user:new@a:1')
    rmSync(file)
    now += 1_000
    expect(source()).toMatchObject({ password: 'new' })
  })

  test('that cannot be read is said once', () => {
    const { source, lines } = open()
    for (let times = 0; times < 3; times++) {
      now += 1_000
      source()
    }
    expect(lines).toMatchObject([{ level: 50, event: 'secret-file-refused', name: 'REDIS_URL', why: 'unreadable' }])
  })

  test('that is no good is said again when it was good meanwhile', () => {
    const { holding, said } = open()
    for (const text of ['junk', 'redis://user:old@a:1', 'junk']) holding(text)
    expect(said()).toEqual(['secret-file-refused', 'secret-file-refused'])
  })

  test.each([
    ['no address', 'junk'],
    ['nothing', ''],
    ['an address of another host', 'redis://user:new@b:1'],
    ['an address of another port', 'redis://user:new@a:2'],
    ['an address without a port', 'redis://user:new@a'],
    ['an address with TLS', 'rediss://user:new@a:1'],
    ['an address of another database', 'redis://user:new@a:1/2'],
    ['several addresses', 'redis://user:new@a:1,redis://b:1'],
    ['parameters for sentinels', 'redis://user:new@a:1?sentinelPassword=x'],
  ])('stays as it was where the file holds %s', (_what, text) => {
    const { holding, lines } = open()
    expect(holding(text)).toMatchObject({ nodes: [{ host: 'a', port: 1 }], isTls: false, password: 'old' })
    expect(lines).toMatchObject([{ event: 'secret-file-refused', name: 'REDIS_URL', why: 'not-good' }])
  })

  test.each<RedisTopology>([{ kind: 'cluster' }, { kind: 'sentinel', master: 'ours' }])(
    'is taken with several addresses, where those are good: %j',
    topology => {
      const { holding } = open({ topology, url: 'redis://user:old@a:1,redis://b:1' })
      expect(holding('redis://user:new@a:1,redis://b:1')).toMatchObject({ password: 'new' })
    },
  )

  test('is taken with parameters for sentinels, where there are sentinels', () => {
    const { holding } = open({ topology: { kind: 'sentinel', master: 'ours' } })
    const text = 'redis://user:new@a:1?sentinelPassword=their'
    expect(holding(text)).toMatchObject({ password: 'new', sentinelPassword: 'their' })
  })

  test('is not read where the place of the file is no file', () => {
    mkdirSync(file)
    const { source, lines } = open()
    now += 1_000
    expect([source().password, lines]).toMatchObject(['old', [{ why: 'unreadable' }]])
  })

  test('keeps nobody waiting where the place of the file is a pipe', () => {
    execFileSync('mkfifo', [file])
    expect(open().source()).toMatchObject({ password: 'old' })
  })

  test('is of one reading with all that is asked for within 50 ms', () => {
    const { holding, source } = open()
    holding('redis://user:one@a:1')
    writeFileSync(file, 'redis://user:two@a:1')
    now += 49
    expect(source()).toMatchObject({ password: 'one' })
    now += 1
    expect(source()).toMatchObject({ password: 'two' })
  })
})

describe('authorities in a file', () => {
  const openCa = () => open({ url: 'rediss://a:1', ca: certificates[0], files: { caFile: file } })

  test('that change are taken, and said to be', () => {
    const { holding, lines } = openCa()
    holding(certificates[0])
    expect(holding(certificates[1])).toMatchObject({ ca: certificates[1] })
    expect(lines).toMatchObject([{ event: 'secret-file-taken', name: 'REDIS_CA_FILE' }])
  })

  test('stay as they were where the file holds none', () => {
    const { holding, lines } = openCa()
    holding(certificates[1])
    expect(holding('junk')).toMatchObject({ ca: certificates[1] })
    expect(lines).toMatchObject([{ event: 'secret-file-refused', name: 'REDIS_CA_FILE', why: 'not-good' }])
  })

  test('are not looked for where no file is named', () => {
    const { source, said } = open({ url: 'rediss://a:1', ca: certificates[0], files: {} })
    now += 1_000
    expect([source().ca, said()]).toEqual([certificates[0], []])
  })
})

describe('a client', () => {
  test('is told at first the parts that there are', () => {
    expect(valuesOf({ username: () => 'user', password: () => undefined })).toEqual({ username: 'user' })
  })

  test('asks for each part when it connects, in place of what it was told at first', () => {
    const client = { options: { password: 'first', host: 'a' } }
    let password = 'second'
    askingEachTime(client, { password: () => password })
    expect(client.options).toEqual({ password: 'second', host: 'a' })
    password = 'third'
    expect(client.options.password).toBe('third')
  })

  test('copies the parts with its other options', () => {
    const client = { options: {} }
    askingEachTime(client, { username: () => 'user' })
    expect({ ...client.options }).toEqual({ username: 'user' })
  })
})
