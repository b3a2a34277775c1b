import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import express from 'express'
import { afterAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import type { Secret } from '../../src/config/secret.ts'
import { explanationOf, settings } from '../../src/config/settings.ts'
import { unknownSettings } from '../../src/config/unknown.ts'
import { faultsOf, good } from './good.ts'

type Name = keyof typeof settings

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))
function written(content: string): string {
  const path = join(folder, `${Math.random()}`)
  writeFileSync(path, content)
  return path
}

const required = Object.keys(good) as Name[]
const long = 'qwertzuiopasdfghjklyxcvbnm1234567890'
const words = {
  placeholder: 'is still a placeholder',
  guid: 'must be a GUID',
  https: 'must be https (http only for a loopback host)',
  origin: 'must be an origin: no path, query or user name',
  short: 'must have at least 32 characters',
  repeats: 'repeats the same characters: make a random one',
  proxies: 'must be a hop count or a list of addresses or CIDR blocks; "true" would trust everyone',
}

const faults: [name: Name, value: string, wrong: string][] = [
  ['BASE_URL', 'admin.contoso.com', 'must be an absolute URL'],
  ['BASE_URL', 'http://admin.contoso.com', words.https],
  ['BASE_URL', 'http://localhost.contoso.com', words.https],
  ['BASE_URL', 'http://127.0.0.1.contoso.com', words.https],
  ['BASE_URL', 'ftp://admin.contoso.com', words.https],
  ['BASE_URL', 'https://admin.contoso.com/gatehouse', words.origin],
  ['BASE_URL', 'https://admin.contoso.com/?from=mail', words.origin],
  ['BASE_URL', 'https://admin.contoso.com/#top', words.origin],
  ['BASE_URL', 'https://somebody@admin.contoso.com', words.origin],
  ['BASE_URL', 'https://your-host.contoso.com', words.placeholder],
  ['BASE_URL', 'https://*.contoso.com', 'must name one host, without * , ;'],
  ['ENTRA_AUTHORITY', 'https://login.contoso.com;x', 'must name one host, without * , ;'],
  ['HOST', ' ', 'must not be empty'],
  ['GRAPH_BASE_URL', 'https://somebody:secret@graph.microsoft.com/v1.0', 'must be without query and user name'],
  ['GRAPH_BASE_URL', 'https://graph.microsoft.com/v1.0?beta=1', 'must be without query and user name'],
  ['PORT', 'abc', 'must be a number'],
  ['PORT', '-1', 'must be a number'],
  ['PORT', '1e3', 'must be a number'],
  ['PORT', '65536', 'must be at most 65535'],
  ['PORT', '3000.5', 'must be a whole number'],
  ...['true', 'TRUE', '*', '0', '-1', '100', '1.5', 'proxy.contoso.com', '10.0.0.0/33', '::1/129', '10.0.0.0/8/8'].map(
    (value): [Name, string, string] => ['TRUST_PROXY', value, words.proxies],
  ),
  ...[
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/',
    '10.0.0.0/x',
    '10.0.0.1,',
    'loopback, true',
    '::ffff:0:0/96',
    '::ffff:10.0.0.0/8',
  ].map((value): [Name, string, string] => ['TRUST_PROXY', value, words.proxies]),
  ['ENTRA_TENANT_ID', 'contoso.onmicrosoft.com', words.guid],
  ['ENTRA_TENANT_ID', 'common', words.guid],
  ['ENTRA_TENANT_ID', '<your-tenant-id>', words.placeholder],
  ['ENTRA_CLIENT_ID', '8a6f2c1d94b74e53a0d81b7c3e9f6a24', words.guid],
  ['ENTRA_CLIENT_SECRET', 'changeme', words.placeholder],
  ['ENTRA_CLIENT_SECRET', 'Change-Me-2026', words.placeholder],
  ['ENTRA_CLIENT_SECRET', 'short', 'must have at least 8 characters'],
  ['ENTRA_CLIENT_SECRET', 'aaaaaaaaaaaa', words.repeats],
  ['ENTRA_AUTHORITY', 'http://login.microsoftonline.com', words.https],
  ['ENTRA_AUTHORITY', 'https://login.microsoftonline.com/common', words.origin],
  ['ACCESS_GROUP_ID', 'Payments administrators', words.guid],
  ['ACCESS_GROUP_NAME', '   ', 'must not be empty'],
  ['ACCESS_GROUP_NAME', 'x'.repeat(121), 'must have at most 120 characters'],
  ['SESSION_SECRET', 'only-31-characters-long-0123456', words.short],
  ['SESSION_SECRET', 'a'.repeat(64), words.repeats],
  ['SESSION_SECRET', 'abcd'.repeat(12), words.repeats],
  ['SESSION_SECRET', `changeme-${long}`, words.placeholder],
  ['SESSION_SECRET', `<your-session-secret-${long}>`, words.placeholder],
  [
    'SESSION_SECRET',
    `${long},too-short`,
    'must have at least 32 characters, each: a comma separates two secrets and cannot be part of one',
  ],
  ['SESSION_SECRET', `${long},`, 'has nothing before or behind a comma: leave the comma out'],
  ['SESSION_IDLE_MINUTES', '0', 'must be more than 0'],
  ['SESSION_IDLE_MINUTES', '1441', 'must be at most 1440'],
  ['SESSION_IDLE_MINUTES', 'half an hour', 'must be a number'],
  ['SESSION_MAX_HOURS', '169', 'must be at most 168'],
  ['REDIS_URL', 'localhost:6379', 'must begin with redis:// or rediss://'],
  ['REDIS_URL', 'https://redis.contoso.com', 'must begin with redis:// or rediss://'],
  ['REDIS_URL', 'redis', 'must be an absolute URL'],
  ['REDIS_URL', 'redis://redis.contoso.com:0', 'has port 0, where nothing listens'],
  ['REDIS_URL', 'redis://:changeme@redis.contoso.com', words.placeholder],
  ['REDIS_PREFIX', 'gate house', 'may hold letters, digits and : . _ - only'],
  ['LOG_LEVEL', 'verbose', 'must be a level of pino: fatal, error, warn, info, debug, trace or silent'],
  ['ENVIRONMENT_NAME', 'x'.repeat(41), 'must have at most 40 characters'],
  ['ENVIRONMENT_COLOUR', 'red', 'must be a colour like #a4262c'],
  ['ENVIRONMENT_COLOUR', '#a4262c; } body { display: none', 'must be a colour like #a4262c'],
]

describe('a setting that is wrong is named, with what is wrong and an example', () => {
  for (const [name, value, wrong] of faults)
    test(`${name}=${value.slice(0, 60)}`, () => {
      expect(faultsOf({ ...good, [name]: value })).toEqual([
        `${name} ${wrong}. Example: ${explanationOf(settings[name])?.example}`,
      ])
    })

  for (const name of required)
    test(`${name} left out`, () => {
      const orElse =
        name === 'ENTRA_CLIENT_SECRET' ? ' (or ENTRA_CLIENT_CERTIFICATE, or ENTRA_FEDERATED_TOKEN_FILE)' : ''
      const expected = [`${name} is required${orElse}. Example: ${explanationOf(settings[name])?.example}`]
      expect(faultsOf({ ...good, [name]: undefined })).toEqual(expected)
      expect(faultsOf({ ...good, [name]: '' })).toEqual(expected)
    })
})

test('all faults are told at once, one line a setting', () => {
  const lines = faultsOf({ BASE_URL: 'http://contoso.com/path', PORT: 'x', SESSION_SECRET: 'a' })
  expect(lines.map(line => line.split(' ')[0])).toEqual([
    'BASE_URL',
    'PORT',
    'ENTRA_TENANT_ID',
    'ENTRA_CLIENT_ID',
    'ENTRA_CLIENT_SECRET',
    'ACCESS_GROUP_ID',
    'SESSION_SECRET',
    'REDIS_URL',
  ])
  for (const line of lines) expect(line).not.toContain('\n')
})

test('a fault never repeats the value, which may be a secret', () => {
  const canary = 'c4n4ry'
  const groupNames = ['ACCESS_GROUP_NAME', 'ADMIN_GROUP_NAME', 'AUDITOR_GROUP_NAME']
  const freeText = [...groupNames, 'HOST', 'NO_PROXY', 'ENVIRONMENT_NAME']
  const names = Object.keys(settings).filter(name => !freeText.includes(name))
  const lines = faultsOf(Object.fromEntries(names.map(name => [name, `<your-${canary} >`])))
  expect(lines).toHaveLength(names.length)
  expect(lines.join('\n')).not.toContain(canary)
})

test('the required settings are enough: everything else has a default or is absent', () => {
  expect(loadConfig(good)).toMatchObject({
    baseUrl: 'https://admin.contoso.com',
    listen: { host: '0.0.0.0', port: 3000 },
    trustProxy: undefined,
    entra: { authority: 'https://login.microsoftonline.com' },
    gates: [{ name: 'members', title: good.ACCESS_GROUP_ID }],
    session: { idleMs: 30 * 60_000, maxMs: 10 * 3_600_000 },
    redis: { prefix: 'gatehouse:' },
    log: { level: 'info' },
    environment: { name: undefined, colour: undefined },
  })
})

test.each(['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000', 'https://admin.contoso.com:8443'])(
  'BASE_URL=%s is taken',
  value => {
    expect(loadConfig({ ...good, BASE_URL: value }).baseUrl).toBe(value)
  },
)

test('a trailing slash, capitals and the usual port in BASE_URL make no other origin', () => {
  expect(loadConfig({ ...good, BASE_URL: 'https://ADMIN.contoso.com:443/' }).baseUrl).toBe(good.BASE_URL)
})

test.each<[string, number | string[]]>([
  ['1', 1],
  [' 2 ', 2],
  ['10.0.0.0/8', ['10.0.0.0/8']],
  ['10.0.0.1, fd00::/8', ['10.0.0.1', 'fd00::/8']],
  ['loopback,linklocal,uniquelocal', ['loopback', 'linklocal', 'uniquelocal']],
  ['::ffff:10.0.0.0/104', ['::ffff:10.0.0.0/104']],
])('TRUST_PROXY=%s is taken, and Express takes it too', (value, expected) => {
  const { trustProxy } = loadConfig({ ...good, TRUST_PROXY: value })
  expect(trustProxy).toEqual(expected)
  expect(() => express().set('trust proxy', trustProxy)).not.toThrow()
})

test('lifetimes may have decimals', () => {
  const { session } = loadConfig({ ...good, SESSION_IDLE_MINUTES: '0.5', SESSION_MAX_HOURS: '1.5' })
  expect(session).toMatchObject({ idleMs: 30_000, maxMs: 5_400_000 })
})

test('ids are compared in lower case, so they may be given in capitals', () => {
  const { entra, gates } = loadConfig({
    ...good,
    ENTRA_TENANT_ID: good.ENTRA_TENANT_ID.toUpperCase(),
    ACCESS_GROUP_ID: good.ACCESS_GROUP_ID.toUpperCase(),
  })
  expect([entra.tenantId, gates[0].groupId]).toEqual([good.ENTRA_TENANT_ID, good.ACCESS_GROUP_ID])
})

test('several session secrets keep their order: the first one signs', () => {
  const { session } = loadConfig({ ...good, SESSION_SECRET: `new-${long}, old-${long}` })
  expect(session.secrets.map(secret => secret.reveal())).toEqual([`new-${long}`, `old-${long}`])
})

describe('settings from files', () => {
  test.each(['', '\n', '\r\n'])('a file gives the value, without its last line break (%j)', end => {
    const { SESSION_SECRET: value, ...rest } = good
    const config = loadConfig({ ...rest, SESSION_SECRET_FILE: written(value + end) })
    expect(config.session.secrets[0].reveal()).toBe(value)
  })

  test('every setting can come from a file', () => {
    const files = Object.fromEntries(Object.entries(good).map(([name, value]) => [`${name}_FILE`, written(value)]))
    expect(faultsOf(files)).toEqual([])
  })

  test('a value and a file for the same setting is an error', () => {
    expect(faultsOf({ ...good, SESSION_SECRET_FILE: written(good.SESSION_SECRET) })).toEqual([
      expect.stringContaining('SESSION_SECRET is given twice: keep SESSION_SECRET or SESSION_SECRET_FILE. Example: '),
    ])
  })

  test.each<[string, string, () => string]>([
    ['is not there', 'ENOENT', () => join(folder, 'nothing-here')],
    ['is a folder', 'EISDIR', () => folder],
    ['is empty', 'it is empty', () => written('\n')],
  ])('a file that %s is an error, which says so (%s)', (_what, why, path) => {
    const { SESSION_SECRET: _absent, ...rest } = good
    expect(faultsOf({ ...rest, SESSION_SECRET_FILE: path() })).toEqual([
      expect.stringContaining(`SESSION_SECRET cannot be read from the file that SESSION_SECRET_FILE names (${why})`),
    ])
  })

  test('two services on one port are an error, the usual port too', () => {
    for (const ports of [{ PORT: '3999', METRICS_PORT: '3999' }, { METRICS_PORT: '3000' }])
      expect(faultsOf({ ...good, ...ports })).toEqual([
        expect.stringContaining('METRICS_PORT must be another port than PORT'),
      ])
  })

  test('what is in a file is checked like any value', () => {
    const { ENTRA_TENANT_ID: _absent, ...rest } = good
    expect(faultsOf({ ...rest, ENTRA_TENANT_ID_FILE: written('common') })).toEqual([
      expect.stringContaining('ENTRA_TENANT_ID must be a GUID'),
    ])
  })
})

describe('names that are not settings', () => {
  test.each([
    ['SESSION_SECRETS', 'SESSION_SECRET'],
    ['ENTRA_TENANTID', 'ENTRA_TENANT_ID'],
    ['ENTRA_CLIENT_SECRET_FILES', 'ENTRA_CLIENT_SECRET_FILE'],
    ['REDIS_URI', 'REDIS_URL'],
    ['SESSION_IDLE_MINUTE', 'SESSION_IDLE_MINUTES'],
  ])('%s is warned about, with %s as the nearest', (name, nearest) => {
    expect(unknownSettings({ ...good, [name]: 'x' })).toEqual([`${name} is not a setting; the nearest is ${nearest}`])
  })

  test.each(['ENTRA_', 'SESSION_', 'MEMBERSHIP_', 'PIM_', 'REDIS_', 'GATES_', 'ADMIN_', 'AUDITOR_'])(
    'anything that begins with %s is looked at',
    family => {
      expect(unknownSettings({ [`${family}SOMETHING`]: 'x' })).toHaveLength(1)
    },
  )

  test('names of other families are none of our business', () => {
    expect(unknownSettings({ ...good, PATH: '/bin', HOME: '/', NODE_ENV: 'production', PORTS: '1' })).toEqual([])
  })

  test('settings and their files are known', () => {
    expect(
      unknownSettings(
        Object.fromEntries(
          Object.keys(settings).flatMap(name => [
            [name, ''],
            [`${name}_FILE`, ''],
          ]),
        ),
      ),
    ).toEqual([])
  })

  test('the warning does not repeat the value', () => {
    expect(unknownSettings({ SESSION_SECRT: 'canary' }).join()).not.toContain('canary')
  })
})

const secretsOf = ({ entra: { credential } }: ReturnType<typeof loadConfig>): readonly Secret[] =>
  credential.kind === 'secret' ? credential.secrets : []

describe('secrets do not print', () => {
  const config = loadConfig(good)
  const clientSecret = secretsOf(config)[0] as Secret
  test.each<[string, () => string]>([
    ['console.log', () => inspect(config, { depth: null, showHidden: true, getters: true })],
    [
      'console.log without custom inspection',
      () => inspect(config, { depth: null, customInspect: false, showHidden: true }),
    ],
    ['JSON', () => JSON.stringify(config)],
    ['a template string', () => `${clientSecret} ${config.redis.url} ${config.session.secrets}`],
    ['joining', () => ['', clientSecret].join()],
    ['a copy', () => JSON.stringify({ ...clientSecret, ...Object.entries(clientSecret) })],
    ['an error', () => inspect(new Error('wrong', { cause: config }), { depth: null })],
  ])('through %s', (_way, print) => {
    expect(print()).not.toContain('canary')
  })

  test('secrets print a mark, so that a reader sees that they are there', () => {
    expect(inspect(clientSecret)).toBe('[secret]')
  })
})
