import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { doubtfulSettings } from '../../src/config/doubtful.ts'
import { loadConfig } from '../../src/config/load.ts'
import { readRedisUrl } from '../../src/config/redis-address.ts'
import { explanationOf, settings } from '../../src/config/settings.ts'
import { unknownSettings } from '../../src/config/unknown.ts'
import { pages } from '../../src/pages.ts'
import { makeCertificate } from '../support/certificate.ts'
import { gatesOfTable } from '../support/gates-of-table.ts'
import { faultsOf, good } from './good.ts'

// Real mistakes of the people who run this application and write its settings.

type Name = keyof typeof settings
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-operators-'))
afterAll(() => rmSync(folder, { recursive: true }))
const long = 'qwertzuiopasdfghjklyxcvbnm1234567890'
const lineOf = (name: Name, wrong: string) => `${name} ${wrong}. Example: ${explanationOf(settings[name])?.example}`

const service =
  'holds what Kubernetes sets for a Service of that name in the namespace: give the Service another name, or set enableServiceLinks: false'
const quotes = 'is in quotes, which are part of it here: leave them out'
const encoding =
  'in a user name or password, what a URL needs for itself is percent-encoded: / is %2F, ? is %3F, # is %23, @ is %40 and % is %25'
const unit = 'must be a number alone, without a unit: the name of the setting says it'
const reference = 'is the name of a secret that nobody has put in its place'
const comma = 'must have at least 32 characters, each: a comma separates two secrets and cannot be part of one'
const notAName = 'must be the name of a file, not what is in it'

describe('is a fault that says what to do', () => {
  const faults: [name: Name, value: string, wrong: string][] = [
    ['METRICS_PORT', 'tcp://10.43.0.17:9464', service],
    ['PORT', 'tcp://10.43.0.17:80', service],
    ['PORT', 'udp://10.43.0.17:53', service],
    ['BASE_URL', '"https://admin.contoso.com"', quotes],
    ['ENTRA_TENANT_ID', `'${good.ENTRA_TENANT_ID}'`, quotes],
    ['ENTRA_CLIENT_SECRET', `"${good.ENTRA_CLIENT_SECRET}"`, quotes],
    ['SESSION_SECRET', `"${long}"`, quotes],
    ['REDIS_URL', '"redis://127.0.0.1"', quotes],
    ['MEMBERSHIP_ROSTER', '"on"', quotes],
    ['SESSION_SECRET', `${long},`, 'has nothing before or behind a comma: leave the comma out'],
    ['SESSION_SECRET', `,${long}`, 'has nothing before or behind a comma: leave the comma out'],
    ['ENTRA_CLIENT_SECRET', 'Xy7~client-secret.9Q, ', 'has nothing before or behind a comma: leave the comma out'],
    ['SESSION_SECRET', 'q8Vd,tR2xLw9ZpAa7Kf3Bn5Mc1Ys6Ue4G', comma],
    ['MEMBERSHIP_RECHECK_SECONDS', '60s', unit],
    ['MEMBERSHIP_GRACE_SECONDS', '5 min', unit],
    ['SESSION_IDLE_MINUTES', '30m', unit],
    ['AUDIT_KEEP_DAYS', '400d', unit],
    ['SESSION_MAX_HOURS', '1,5', 'must be a number: with a point, not with a comma'],
    ['MEMBERSHIP_ROSTER', 'true', 'must be on or off'],
    ['PIM_SELF_SERVICE', '1', 'must be on or off'],
    ['GRAPH_NOTIFICATIONS', 'yes', 'must be on or off'],
    ['BASE_URL', 'localhost:3000', 'must be an absolute URL'],
    ['HOST', 'http://0.0.0.0', 'must be an address or the name of a host, and nothing else'],
    ['HOST', '0.0.0.0:3000', 'must be an address or the name of a host, and nothing else'],
    ['LOG_LEVEL', 'warning', 'must be a level of pino: fatal, error, warn, info, debug, trace or silent'],
    ['GRAPH_BASE_URL', 'https://graph.microsoft.com/beta', 'must end with /v1.0, the version that is spoken here'],
    ['SESSION_SECRET', '@Microsoft.KeyVault(SecretUri=https://canary.vault.azure.net/secrets/session/)', reference],
    ['ENTRA_CLIENT_SECRET', '@Microsoft.KeyVault(VaultName=canary;SecretName=client)', reference],
    ['SESSION_SECRET', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:session', reference],
    ['SESSION_SECRET', 'vault:secret/data/gatehouse#SESSION_SECRET', reference],
    ['SESSION_SECRET', 'projects/123456789012/secrets/session/versions/latest', reference],
    ['ENTRA_CLIENT_SECRET', 'op://vault/gatehouse/client-secret', reference],
    ['REDIS_URL', 'secretref:redis-url', reference],
    ['ENTRA_CLIENT_SECRET', '$ENTRA_CLIENT_SECRET', 'is still a placeholder'],
    ['SESSION_SECRET', ['$', '{SESSION_SECRET_OF_ALL_THE_REPLICAS}'].join(''), 'is still a placeholder'],
    ['SESSION_SECRET', '$(openssl rand -base64 48 | tr -d "=")', 'is still a placeholder'],
    ['SESSION_SECRET', '{{ .Values.session.secret | quote | indent }}', 'is still a placeholder'],
    ['ACCESS_GROUP_ID', '$(GROUP_ID)', 'is still a placeholder'],
    ['BASE_URL', '#{BaseUrl}#', 'is still a placeholder'],
    ['REDIS_CA_FILE', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', notAName],
  ]
  test.each(faults)('%s=%s', (name, value, wrong) => {
    expect(faultsOf({ ...good, ...(name === 'REDIS_CA_FILE' && { REDIS_URL: 'rediss://a' }), [name]: value })).toEqual([
      lineOf(name, wrong),
    ])
  })

  test('a token where the name of its file belongs', () => {
    const { ENTRA_CLIENT_SECRET: _absent, ...rest } = good
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJjNG40cnkifQ.c4n4ry'
    expect(faultsOf({ ...rest, ENTRA_FEDERATED_TOKEN_FILE: token })).toEqual([
      lineOf('ENTRA_FEDERATED_TOKEN_FILE', notAName),
    ])
  })

  test.each([
    'redis://app:can/ary@redis.contoso.com:6379',
    'redis://app:can#ary@redis.contoso.com:6379',
    'redis://app:can?ary@redis.contoso.com:6379',
    'redis://app:12/34@redis.contoso.com',
    'redis://app:12#34@redis.contoso.com',
    'redis://app:12?34@redis.contoso.com',
    'redis://:a@b/c@redis.contoso.com',
    'rediss://a.contoso.com,rediss://app:x/y@b.contoso.com',
    'redis://redis.contoso.com?sentinelPassword=can#ary',
  ])('REDIS_URL=%s, whose password is not encoded', url => {
    expect(faultsOf({ ...good, REDIS_URL: url, REDIS_SENTINEL_MASTER: 'm' })).toEqual([
      lineOf('REDIS_URL', `cannot be read: ${encoding}`),
    ])
  })
})

describe('is taken, for it cannot be misunderstood', () => {
  test.each<[name: Name, value: string]>([
    ['BASE_URL', ' https://admin.contoso.com/ \n'],
    ['ENTRA_TENANT_ID', `${good.ENTRA_TENANT_ID.toUpperCase()}\n`],
    ['ACCESS_GROUP_ID', ` ${good.ACCESS_GROUP_ID}`],
    ['ENTRA_CLIENT_SECRET', `${good.ENTRA_CLIENT_SECRET}\r\n`],
    ['SESSION_SECRET', ` ${long}\n`],
    ['REDIS_URL', `${good.REDIS_URL}\n`],
    ['MEMBERSHIP_ROSTER', 'ON '],
    ['PIM_SELF_SERVICE', 'Off'],
    ['LOG_LEVEL', 'INFO'],
    ['AUTH_CONTEXT_ID', 'C1'],
    ['MEMBERSHIP_RECHECK_SECONDS', ' 60 '],
    ['REDIS_PREFIX', 'gatehouse:\n'],
    ['TRUST_PROXY', '10.0.0.0/8 \n'],
    ['ENVIRONMENT_COLOUR', ' #a4262c '],
    ['HOST', '::1'],
    ['HOST', 'fe80::1%eth0'],
    ['HOST', 'gatehouse-0.internal'],
  ])('%s=%j', (name, value) => {
    expect(faultsOf({ ...good, [name]: value })).toEqual([])
  })

  test('a value with spaces around it means the same as without them', () => {
    const config = loadConfig({ ...good, LOG_LEVEL: 'INFO', AUTH_CONTEXT_ID: 'C1', REDIS_PREFIX: 'g:\n', HOST: ' ::1' })
    expect(config).toMatchObject({ log: { level: 'info' }, redis: { prefix: 'g:' }, listen: { host: '::1' } })
    expect(config.gates[0].context).toBe('c1')
    expect(loadConfig({ ...good, REDIS_URL: ` ${good.REDIS_URL}\n` }).redis.url?.reveal()).toBe(good.REDIS_URL)
  })

  test.each(['https://graph.microsoft.com', 'https://graph.microsoft.com/', 'https://graph.microsoft.com/v1.0/'])(
    'GRAPH_BASE_URL=%s, which is the version that is spoken here',
    value =>
      expect(loadConfig({ ...good, GRAPH_BASE_URL: value }).graph.baseUrl).toBe('https://graph.microsoft.com/v1.0'),
  )

  test('a file that begins with the mark of an editor, or ends with several lines', () => {
    const path = join(folder, 'secret')
    writeFileSync(path, `\uFEFF${long}\n\n`)
    const { SESSION_SECRET: _absent, ...rest } = good
    expect(loadConfig({ ...rest, SESSION_SECRET_FILE: path }).session.secrets[0].reveal()).toBe(long)
  })

  const { key, certificate } = makeCertificate()
  const { ENTRA_CLIENT_SECRET: _absent, ...withoutSecret } = good
  test.each<[string, (pem: string) => string]>([
    ['as it is', pem => pem],
    ['with \\n for its line breaks', pem => pem.replaceAll('\n', '\\n')],
    ['with spaces for them', pem => pem.replaceAll('\n', ' ')],
    ['with line breaks of Windows', pem => pem.replaceAll('\n', '\r\n')],
    ['indented', pem => pem.replaceAll('\n', '\n  ')],
  ])('a certificate, %s', (_how, written) => {
    expect(faultsOf({ ...withoutSecret, ENTRA_CLIENT_CERTIFICATE: written(key + certificate) })).toEqual([])
  })

  test.each([
    ['redis://app:p@ss@a', 'p@ss'],
    ['redis://app:p:ss@a', 'p:ss'],
    ['redis://app:p ss@a', 'p ss'],
    ['redis://app:p+ss@a', 'p+ss'],
    ['redis://app:p%2F%23%3F%40%25@a', 'p/#?@%'],
    ['redis://app:p[ss^@a', 'p[ss^'],
  ])('the password in %s', (url, password) => {
    expect(readRedisUrl(url)).toMatchObject({ password, nodes: [{ host: 'a' }] })
  })

  test('the password of sentinels, with what a form would mean otherwise', () => {
    expect(readRedisUrl('redis://a?sentinelPassword=p@s+s/?')).toMatchObject({ sentinelPassword: 'p@s+s/?' })
  })
})

describe('is warned about', () => {
  test('a GUID as client secret: it is the id of one', () => {
    const words =
      'ENTRA_CLIENT_SECRET is a GUID, as a Secret ID is: what is needed is the Value, which is shown once, when the secret is made'
    const id = '2d9b6e1f-3c84-4a7e-9f51-6b0c8d2e7a13'
    expect(doubtfulSettings(loadConfig({ ...good, ENTRA_CLIENT_SECRET: id }))).toEqual([words])
    expect(doubtfulSettings(loadConfig({ ...good, ENTRA_CLIENT_SECRET: `Xy7~client-secret.9Q,${id}` }))).toEqual([
      words,
    ])
    expect(doubtfulSettings(loadConfig(good))).toEqual([])
  })

  test('one id in two places', () => {
    const twice = loadConfig({ ...good, ENTRA_CLIENT_ID: good.ENTRA_TENANT_ID.toUpperCase() })
    expect(doubtfulSettings(twice)).toEqual([
      'ENTRA_CLIENT_ID is the same as ENTRA_TENANT_ID: one of them is of something else',
    ])
    const group = loadConfig({ ...good, ACCESS_GROUP_ID: good.ENTRA_CLIENT_ID })
    expect(doubtfulSettings(group)).toEqual([
      'ACCESS_GROUP_ID is the same as ENTRA_CLIENT_ID: one of them is of something else',
    ])
  })

  test('by the program too, which starts all the same', () => {
    const { PATH, NODE_COMPILE_CACHE } = process.env
    const own = { PATH, NODE_COMPILE_CACHE, ENTRA_CLIENT_SECRET: '2d9b6e1f-3c84-4a7e-9f51-6b0c8d2e7a13' }
    const env = { ...good, ...gatesOfTable(pages), ...own }
    const said = execFileSync('sh', ['-c', `"${process.execPath}" src/main.ts --check-config 2>&1`], { env })
    expect(String(said)).toMatch(
      /^warning: ENTRA_CLIENT_SECRET is a GUID.*\nGates, .*\n(?:.*\n)+The settings are good\.\n$/,
    )
  })
})

test('what Kubernetes sets for Services is no misspelt setting', () => {
  const injected = {
    REDIS_SERVICE_HOST: '10.43.0.17',
    REDIS_SERVICE_PORT: '6379',
    REDIS_SERVICE_PORT_REDIS: '6379',
    REDIS_PORT: 'tcp://10.43.0.17:6379',
    REDIS_PORT_6379_TCP: 'tcp://10.43.0.17:6379',
    REDIS_PORT_6379_TCP_PROTO: 'tcp',
    REDIS_PORT_6379_TCP_PORT: '6379',
    REDIS_PORT_6379_TCP_ADDR: '10.43.0.17',
    REDIS_MASTER_SERVICE_HOST: '10.43.0.18',
    SESSION_STORE_PORT: 'udp://10.43.0.19:53',
    SESSION_STORE_PORT_53_UDP_ADDR: '10.43.0.19',
    PIM_SERVICE_HOST: '10.43.0.20',
  }
  expect(unknownSettings({ ...good, ...injected })).toEqual([])
  expect(unknownSettings({ ...good, REDIS_PORT: '6379', REDIS_HOST: 'redis' })).toHaveLength(2)
})
