import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { dotenv } from '../../../infra/azure/env/dotenv.ts'
import type { Found } from '../../../infra/azure/env/found.ts'
import { gatesFile } from '../../../infra/azure/env/gates-file.ts'
import { configMapSettings, secretManifest } from '../../../infra/azure/env/kubernetes.ts'
import { settingsOf } from '../../../infra/azure/env/settings.ts'
import type { TenantWish } from '../../../infra/azure/wish/tenant-wish.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { settings } from '../../../src/config/settings.ts'
import { faultsOf } from '../../config/good.ts'
import { gatesWished, wished } from '../wished.ts'

const clientId = '66666666-7777-4888-8999-aaaaaaaaaaaa'
const idOf = (name: string) =>
  `${Buffer.from(name).toString('hex').padEnd(8, '0').slice(0, 8)}-1111-4222-8333-444444444444`

/** A tenant in which the groups of the wish stand. */
const foundFor = (wish: TenantWish, more: Partial<Found> = {}): Found => ({
  clientId,
  groups: new Map([...wish.gates.map(({ group }) => group)].map((group, index) => [group, idOf(`${index}${group}`)])),
  ...more,
})

const secrets = {
  ENTRA_CLIENT_SECRET: 'of-this-test~only-3f9a',
  SESSION_SECRET: 'made-by-openssl-for-this-test-alone-7c1e',
  REDIS_URL: 'rediss://redis.example.com:6380',
}

/** The settings as `node --env-file` reads them, and the file of the gates where there is one. */
function environmentOf(wish: TenantWish, found = foundFor(wish)): Record<string, string> {
  const read = parseEnv(dotenv(settingsOf(wish, found))) as Record<string, string>
  if (read.GATES_FILE === undefined) return read
  const file = join(mkdtempSync(join(tmpdir(), 'gatehouse-gates-')), 'gates.json')
  writeFileSync(file, gatesFile(wish, found))
  return { ...read, GATES_FILE: file }
}
const configOf = (wish: TenantWish, found?: Found) => loadConfig({ ...environmentOf(wish, found), ...secrets })

describe('the settings of the example', () => {
  test('are refused as long as nobody has filled in what no tenant knows, and that alone', () => {
    const faults = faultsOf(environmentOf(wished()))
    expect(faults.map(fault => fault.split(' ')[0])).toEqual(['ENTRA_CLIENT_SECRET', 'SESSION_SECRET', 'REDIS_URL'])
    for (const fault of faults) expect(fault).toContain('is still a placeholder')
  })

  test('are taken when it is filled in', () => {
    const wish = wished()
    const config = configOf(wish)
    expect(config).toMatchObject({
      baseUrl: wish.baseUrl,
      entra: { tenantId: wish.tenant, clientId },
      pim: { selfService: true },
      membership: { roster: true },
      graph: { notifications: false },
    })
    expect(config.gates).toMatchObject([
      { name: 'members', title: 'Payments administrators', context: 'c1', selfService: true },
      { name: 'administrators', title: 'Access administrators', context: 'c2' },
      { name: 'auditors', title: 'Access auditors', context: 'c2' },
    ])
  })

  test('are settings that exist, each once, in the order of .env.example', () => {
    const names = settingsOf(wished(), foundFor(wished())).map(({ name }) => name)
    const known = Object.keys(settings)
    expect(names).toEqual([...new Set(names)].toSorted((one, other) => known.indexOf(one) - known.indexOf(other)))
  })

  test('hold a secret that was made a moment ago in its place', () => {
    const wish = wished()
    const read = environmentOf(wish, foundFor(wish, { secret: 'Xy7~made-a-moment-ago' }))
    expect(read.ENTRA_CLIENT_SECRET).toBe('Xy7~made-a-moment-ago')
  })
})

describe('every gate of tenant.json is a gate of the application', () => {
  const gates = gatesWished({
    members: { role: 'Payments.Access' },
    operators: { title: 'Payments operators', role: 'Payments.Operate', context: 'c2' },
    'on-call': { selfService: false },
  })

  test('with its group, role, context and name', () => {
    const wish = wished({ gates })
    const { groups } = foundFor(wish)
    expect(configOf(wish).gates).toMatchObject([
      { name: 'members', role: 'Payments.Access', groupId: groups.get('Payments administrators') },
      { name: 'administrators' },
      { name: 'auditors' },
      { name: 'operators', title: 'Payments operators', role: 'Payments.Operate', context: 'c2', selfService: true },
      { name: 'on-call', title: 'Payments on-call', groupId: groups.get('Payments on-call'), selfService: false },
    ])
  })

  test('and its file is named where there is one alone', () => {
    const named = (wish: TenantWish) => settingsOf(wish, foundFor(wish)).some(({ name }) => name === 'GATES_FILE')
    expect(named(wished({ gates }))).toBe(true)
    expect(named(wished())).toBe(false)
  })
})

test.each([
  '#1 in payments',
  "'Quoted' group",
  '"Quoted" group',
  'Anna’s group',
  'Group \\new',
  'A=B',
  '`ticks`',
  "it's #1",
])('a group called %s keeps its name', name => {
  const wish = wished({ gates: gatesWished({ members: { title: name } }) })
  expect(configOf(wish).gates[0].title).toBe(name)
})

test('a group that is named by its id has no other name', () => {
  const group = '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05'
  const wish = wished({ gates: gatesWished({ members: { group } }) })
  expect(
    configOf(wish, foundFor(wish, { groups: new Map([...foundFor(wish).groups, [group, group]]) })).gates[0].title,
  ).toBe(group)
})

test('a group that does not exist is no setting', () => {
  expect(() => settingsOf(wished(), { clientId, groups: new Map() })).toThrow(
    'the group Payments administrators does not exist',
  )
})

describe('the credential', () => {
  test('of a certificate is refused until key and certificate stand there', () => {
    const [fault] = faultsOf(environmentOf(wished({ credential: { kind: 'certificate', file: 'certificate.pem' } })))
    expect(fault).toMatch(/^ENTRA_CLIENT_CERTIFICATE must be a private key/)
  })

  test('of a workload identity is refused where its file is not', () => {
    const credential = { kind: 'federated', issuer: 'https://oidc.example.com', subject: 'gatehouse' }
    const [fault] = faultsOf(environmentOf(wished({ credential })))
    expect(fault).toMatch(/^ENTRA_FEDERATED_TOKEN_FILE names a file that cannot be read/)
  })
})

describe('the addresses of Microsoft', () => {
  test.each(['us-gcc-high', 'us-dod', 'china'])('of %s belong together for the application', cloud => {
    const { entra, graph } = configOf(wished({ cloud }))
    expect([entra.authority, graph.baseUrl].join(' ')).not.toMatch(/microsoftonline\.com|graph\.microsoft\.com/)
  })

  test('of the global cloud are left to the application', () => {
    expect(environmentOf(wished())).not.toHaveProperty('ENTRA_AUTHORITY')
  })

  test('of a local tenant are its own', () => {
    const local = { authority: 'http://127.0.0.1:3001', graphBaseUrl: 'http://127.0.0.1:3001/graph/v1.0' }
    const wish = wished()
    expect(configOf(wish, foundFor(wish, { local }))).toMatchObject({
      entra: { authority: local.authority },
      graph: { baseUrl: local.graphBaseUrl },
    })
  })
})

describe('for Kubernetes', () => {
  const wish = wished({ gates: gatesWished({ operators: {} }) })
  const lines = settingsOf(wish, foundFor(wish))

  test('the Secret has the files that the Deployment mounts, and each is a placeholder until it is filled in', () => {
    const { kind, metadata, stringData } = parse(secretManifest(lines)) as Record<string, Record<string, string>>
    expect({ kind, name: metadata?.name }).toEqual({ kind: 'Secret', name: 'gatehouse' })
    expect(Object.keys(stringData ?? {})).toEqual([
      'entra-client-secret',
      'session-secret',
      'redis-url',
      'audit-signing-key',
    ])
    for (const value of Object.values(stringData ?? {})) expect(value).toMatch(/^<.*>$/)
  })

  test('the settings hold no secret, and the rest of what .env holds', () => {
    const read = parseEnv(configMapSettings(lines))
    expect(Object.keys(secrets).filter(name => name in read)).toEqual([])
    expect({ ...parseEnv(dotenv(lines)), ...read }).toEqual({
      ...parseEnv(dotenv(lines)),
      GATES_FILE: '/etc/gatehouse/gates.json',
    })
  })
})
