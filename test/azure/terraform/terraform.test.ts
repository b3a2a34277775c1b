import { describe, expect, test } from 'vitest'
import { runSetup } from '../../../infra/azure/commands/run.ts'
import { expression } from '../../../infra/azure/terraform/part.ts'
import { terraformOf } from '../../../infra/azure/terraform/terraform.ts'
import { exampleWish } from '../../../infra/azure/wish/example.ts'
import { gatesWished, wished, wishedAt } from '../wished.ts'

type Blocks = Record<string, Record<string, Record<string, unknown>>>
type Configuration = { '//': string; data: Blocks; resource: Blocks }
const configurationOf = (fields: object = {}) => terraformOf(wished(fields)) as Configuration

const resource = ({ resource }: Configuration, type: string, label = 'gatehouse') => resource[type]?.[label]

/** What expressions refer to: `azuread_group.members`, `data.azuread_user.ada`. */
function referencesIn(value: unknown): string[] {
  if (typeof value === 'string')
    return [...value.matchAll(/(?<!\$)\$\{(?:file\()?((?:data\.)?(?:azuread|msgraph)_\w+\.\w+)/g)].map(
      ([, to = '']) => to,
    )
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(referencesIn)
}

const addressesIn = ({ data, resource }: Configuration): string[] => [
  ...Object.entries(data).flatMap(([type, blocks]) => Object.keys(blocks).map(label => `data.${type}.${label}`)),
  ...Object.entries(resource).flatMap(([type, blocks]) => Object.keys(blocks).map(label => `${type}.${label}`)),
]

const variants: [what: string, fields: object][] = [
  ['the example', {}],
  ['a certificate', { credential: { kind: 'certificate', file: 'certificate.pem' } }],
  [
    'a workload identity',
    { credential: { kind: 'federated', issuer: 'https://oidc.example.com', subject: 'gatehouse' } },
  ],
  [
    'gates with roles',
    { gates: gatesWished({ members: { role: 'Payments.Access' }, operators: { role: 'Payments.Operate' } }) },
  ],
  ['a restricted unit', { gates: gatesWished({ members: { protection: 'restricted-unit' } }) }],
  ['emergency accounts by name', { emergency: { users: ['emergency1@contoso.example'] } }],
  [
    'groups and people by their ids',
    {
      owners: ['0f0f0f0f-1111-4222-8333-444444444444'],
      gates: gatesWished({ members: { group: '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05' } }),
    },
  ],
  [
    'names that begin like expressions',
    { name: expression('path.root'), gates: gatesWished({ members: { group: '%{ if true }' } }) },
  ],
]

describe.each(variants)('the export of %s', (_what, fields) => {
  const configuration = configurationOf(fields)

  test('refers to nothing that it does not have', () => {
    const references = referencesIn(configuration)
    expect(references.length).toBeGreaterThan(20)
    expect([...new Set(references)].filter(to => !addressesIn(configuration).includes(to))).toEqual([])
  })

  test('looks nothing up that nothing refers to', () => {
    const looked = addressesIn(configuration).filter(address => address.startsWith('data.'))
    expect(looked.filter(address => !referencesIn(configuration).includes(address))).toEqual([])
  })

  test('names resources as Terraform wants them named', () => {
    for (const address of addressesIn(configuration))
      expect(address).toMatch(/^(data\.)?[a-z][a-z\d_]*\.[a-z][a-z\d_]*$/)
  })

  test('takes only resources of the two providers', () => {
    for (const type of Object.keys(configuration.resource)) expect(type).toMatch(/^(azuread_|msgraph_resource$)/)
  })
})

test('the export says first of all that nobody has planned it, and what it does not cover', () => {
  const [first, text] = Object.entries(configurationOf())[0] ?? []
  expect(first).toBe('//')
  expect(text).toMatch(/^Parsed, never planned/)
  expect(text).toContain('It does not cover: a client secret')
})

test('names that look like expressions are texts', () => {
  const configuration = configurationOf({
    name: expression('path.root'),
    gates: gatesWished({ members: { group: '%{ if true }' } }),
  })
  expect(resource(configuration, 'azuread_application')?.display_name).toBe(`$${expression('path.root')}`)
  expect(resource(configuration, 'azuread_group', 'if_true')?.display_name).toBe('%%{ if true }')
})

test('a client secret is not made, because it would lie in the state', () => {
  expect(Object.keys(configurationOf().resource).filter(type => /password/.test(type))).toEqual([])
})

test('two names that come out alike have labels of their own', () => {
  const gates = gatesWished({ operators: { group: 'payments-administrators' } })
  const labels = Object.keys(configurationOf({ gates }).resource.azuread_group ?? {})
  expect(labels).toEqual(expect.arrayContaining(['payments_administrators', 'payments_administrators_2']))
})

test('the policy of a context only reports, demands a phishing-resistant method and excludes the emergency accounts', () => {
  const { body } = resource(configurationOf(), 'msgraph_resource', 'policy_c1') as { body: Record<string, unknown> }
  expect(body).toMatchObject({
    state: 'enabledForReportingButNotEnforced',
    grantControls: { authenticationStrength: { id: '00000000-0000-0000-0000-000000000004' } },
    conditions: {
      users: { includeUsers: ['All'], excludeGroups: [expression('data.azuread_group.emergency_access.object_id')] },
    },
  })
})

test('only a policy that asks every time has a sign-in frequency', () => {
  const configuration = configurationOf()
  const sessionOf = (context: string) =>
    (resource(configuration, 'msgraph_resource', `policy_${context}`) as { body: { sessionControls?: object } }).body
      .sessionControls
  expect(sessionOf('c1')).toBeUndefined()
  expect(sessionOf('c2')).toMatchObject({ signInFrequency: { isEnabled: true, frequencyInterval: 'everyTime' } })
})

test.each([
  [0.5, 'PT30M'],
  [1, 'PT1H'],
  [7.5, 'PT7H30M'],
  [24, 'P1D'],
])('an activation of %s hours is %s', (hours, duration) => {
  const gates = gatesWished({ members: { activation: { hours } } })
  const policy = resource(configurationOf({ gates }), 'azuread_group_role_management_policy', 'payments_administrators')
  expect(policy).toMatchObject({ activation_rules: { maximum_duration: duration } })
})

test('a role-assignable group is made as one, and nobody but PIM keeps its members', () => {
  const group = resource(configurationOf(), 'azuread_group', 'payments_administrators')
  expect(group).toMatchObject({ assignable_to_role: true, lifecycle: { ignore_changes: ['members'] } })
})

test('the command prints the export and asks the tenant nothing', async () => {
  const [out, told]: [string[], string[]] = [[], []]
  const around = {
    env: {},
    readText: async () => JSON.stringify(exampleWish(wishedAt)),
    standardInput: async () => '',
    print: (line: string) => void out.push(line),
    tell: (line: string) => void told.push(line),
    fetch: () => Promise.reject(new Error('nothing is asked')),
    clock: () => wishedAt,
    sleep: async () => undefined,
  }
  expect(await runSetup(['export', '--terraform'], around)).toBe(0)
  expect(JSON.parse(out.join('\n'))).toEqual(terraformOf(wished()))
  expect(await runSetup(['export'], around)).toBe(64)
})
