import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { readRedisUrl } from '../../src/config/redis-address.ts'
import { explanationOf, settings } from '../../src/config/settings.ts'
import { faultsOf, good } from './good.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-redis-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))
function written(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const authority = join(folder, 'ca.pem')
const subject = ['-nodes', '-days', '1', '-subj', '/CN=Test', '-keyout', join(folder, 'key.pem'), '-out', authority]
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', ...subject], {
  stdio: 'ignore',
})

const two = 'rediss://app:secret@a.contoso.com:6379,rediss://b.contoso.com:6379'
const sentinels = { REDIS_SENTINEL_MASTER: 'mymaster' }
const cluster = { REDIS_CLUSTER: 'on' }

type Given = { [name: string]: string }
const faults: [what: string, given: Given, name: keyof typeof settings, wrong: string][] = [
  [
    'a cluster and sentinels',
    { REDIS_URL: two, ...cluster, ...sentinels },
    'REDIS_SENTINEL_MASTER',
    'is given beside REDIS_CLUSTER=on: keep one of them',
  ],
  [
    'several addresses of nobody knows what',
    { REDIS_URL: two },
    'REDIS_URL',
    'has several addresses: say what they are with REDIS_CLUSTER=on or REDIS_SENTINEL_MASTER=name',
  ],
  [
    'a database in a cluster',
    { REDIS_URL: 'redis://a.contoso.com/2', ...cluster },
    'REDIS_URL',
    'names a database: a cluster has only number 0, leave it out',
  ],
  [
    'some with TLS, some without',
    { REDIS_URL: 'rediss://a.contoso.com,redis://b.contoso.com', ...sentinels },
    'REDIS_URL',
    'must be redis:// everywhere, or rediss:// everywhere',
  ],
  [
    'passwords that differ',
    { REDIS_URL: 'redis://:one@a.contoso.com,redis://:two@b.contoso.com', ...cluster },
    'REDIS_URL',
    'has several addresses that differ in more than host and port: write the rest at the first only',
  ],
  [
    'a list without schemes',
    { REDIS_URL: 'redis://a.contoso.com:6379,b.contoso.com:6379', ...cluster },
    'REDIS_URL',
    'must be absolute URLs, each with its redis://',
  ],
  [
    'a path that is no database',
    { REDIS_URL: 'redis://a.contoso.com/sessions' },
    'REDIS_URL',
    'may have nothing behind the host but the number of a database',
  ],
  [
    'parameters that would undo our time limits',
    { REDIS_URL: 'redis://a.contoso.com?commandTimeout=60000' },
    'REDIS_URL',
    'may have no parameter but sentinelUsername and sentinelPassword',
  ],
  [
    'a password for sentinels without any',
    { REDIS_URL: 'redis://a.contoso.com?sentinelPassword=canary' },
    'REDIS_URL',
    'has parameters for sentinels, but there is no REDIS_SENTINEL_MASTER',
  ],
  [
    'a password that is not encoded',
    { REDIS_URL: 'redis://:100%@a.contoso.com' },
    'REDIS_URL',
    'has a % that stands for nothing: in a user name or password it is written %25',
  ],
  ['no host', { REDIS_URL: 'redis:///2' }, 'REDIS_URL', 'must name a host'],
  ['a cluster that is neither on nor off', { REDIS_CLUSTER: 'yes' }, 'REDIS_CLUSTER', 'must be on or off'],
  [
    'a name that no sentinel takes',
    { REDIS_SENTINEL_MASTER: 'my master' },
    'REDIS_SENTINEL_MASTER',
    'may hold letters, digits and . _ - only',
  ],
  [
    'an authority without TLS',
    { REDIS_URL: 'redis://a.contoso.com', REDIS_CA_FILE: authority },
    'REDIS_CA_FILE',
    'is of no use without rediss:// in REDIS_URL',
  ],
  [
    'an authority that is not there',
    { REDIS_URL: 'rediss://a.contoso.com', REDIS_CA_FILE: join(folder, 'nothing-here') },
    'REDIS_CA_FILE',
    'names a file that cannot be read',
  ],
  [
    'a file without a certificate',
    { REDIS_URL: 'rediss://a.contoso.com', REDIS_CA_FILE: join(folder, 'key.pem') },
    'REDIS_CA_FILE',
    'names a file without a certificate (PEM)',
  ],
  [
    'a certificate that was cut',
    {
      REDIS_URL: 'rediss://a.contoso.com',
      REDIS_CA_FILE: written('cut.pem', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'),
    },
    'REDIS_CA_FILE',
    'names a file with a damaged certificate',
  ],
]
describe('is refused at start, with what is wrong and an example', () => {
  test.each(faults)('%s', (_what, given, name, wrong) => {
    expect(faultsOf({ ...good, ...given })).toEqual([
      `${name} ${wrong}. Example: ${explanationOf(settings[name])?.example}`,
    ])
  })
})

test('faults of Redis are told together with all others', () => {
  const lines = faultsOf({ ...good, PORT: 'x', REDIS_URL: two, REDIS_CA_FILE: join(folder, 'nothing-here') })
  expect(lines.map(line => line.split(' ')[0])).toEqual(['PORT', 'REDIS_URL', 'REDIS_CA_FILE'])
})

const taken: [what: string, given: Given, topology: object][] = [
  ['one Redis', { REDIS_URL: 'redis://a.contoso.com' }, { kind: 'one' }],
  ['a cluster known by one node', { REDIS_URL: 'redis://a.contoso.com', ...cluster }, { kind: 'cluster' }],
  ['a cluster of several', { REDIS_URL: two, ...cluster }, { kind: 'cluster' }],
  ['a cluster that is switched off', { REDIS_URL: 'redis://a.contoso.com', REDIS_CLUSTER: 'off' }, { kind: 'one' }],
  ['sentinels behind TLS', { REDIS_URL: two, ...sentinels }, { kind: 'sentinel', master: 'mymaster' }],
]
test.each(taken)('is taken: %s', (_what, given, topology) => {
  expect(loadConfig({ ...good, ...given }).redis).toMatchObject({ topology })
})

test('the authority is read when the process starts', () => {
  const { redis } = loadConfig({ ...good, REDIS_URL: two, ...sentinels, REDIS_CA_FILE: authority })
  expect(redis.ca).toContain('BEGIN CERTIFICATE')
})

const addresses: [text: string, address: object][] = [
  ['redis://a.contoso.com', { nodes: [{ host: 'a.contoso.com', port: undefined }], isTls: false, database: undefined }],
  ['rediss://a.contoso.com:6380/3', { nodes: [{ host: 'a.contoso.com', port: 6380 }], isTls: true, database: 3 }],
  ['redis://[::1]:6379', { nodes: [{ host: '::1', port: 6379 }] }],
  ['redis://:only,a,comma@a', { nodes: [{ host: 'a' }], password: 'only,a,comma' }],
  ['redis://app:p%40%3A%2F%2C@a', { username: 'app', password: 'p@:/,' }],
  [
    'redis://app:x@a:1, redis://b:2',
    {
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      username: 'app',
    },
  ],
  ['redis://app:x@a:1,redis://app:x@b:2', { nodes: [{ host: 'a' }, { host: 'b' }], password: 'x' }],
  ['redis://:x@s?sentinelUsername=u&sentinelPassword=p%26', { sentinelUsername: 'u', sentinelPassword: 'p&' }],
]
test.each(addresses)('%s is read as it is meant', (text, address) => {
  expect(readRedisUrl(text)).toMatchObject(address)
})
