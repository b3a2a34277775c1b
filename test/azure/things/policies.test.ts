import { afterAll, beforeEach, expect, test } from 'vitest'
import { createGraph } from '../../../infra/azure/graph/create-graph.ts'
import { nothingKnown } from '../../../infra/azure/model/known.ts'
import type { PlanLine } from '../../../infra/azure/model/plan-line.ts'
import { applyPlan } from '../../../infra/azure/run/apply.ts'
import type { Given } from '../../../infra/azure/run/given.ts'
import { planOf } from '../../../infra/azure/run/plan.ts'
import { contextThings } from '../../../infra/azure/things/contexts.ts'
import { policyThings } from '../../../infra/azure/things/policies.ts'
import { checkStrength } from '../../../infra/azure/things/strength.ts'
import { groups } from '../../../infra/tenant/directory/ids.ts'
import { startTenant } from '../../../infra/tenant/start.ts'
import { timeInHand } from '../time-in-hand.ts'
import { wished } from '../wished.ts'

const time = timeInHand()
const switches = { directoryLagSeconds: 5, conditionalAccessPerSecond: 1 }
const tenant = await startTenant({ empty: true, clock: time.clock, switches })
afterAll(() => tenant.close())

const policies = '/identity/conditionalAccess/policies'
const strengths = '/policies/authenticationStrengthPolicies'
const phishingResistant = '00000000-0000-0000-0000-000000000004'
const stranger = tenant.people[0]?.oid as string
const name = 'Privileged access: phishing-resistant sign-in'
const wish = wished({ emergency: { group: 'Emergency access' } })
const graph = createGraph({ base: tenant.graphBase, token: async () => tenant.operatorToken(), fetch, ...time })
const known = () => ({ ...nothingKnown(), groups: new Map([['Emergency access', groups.emergency]]) })

beforeEach(() => {
  tenant.reset()
  tenant.set(switches)
})

async function planned(options: Partial<Given> = {}) {
  const given: Given = {
    wish,
    graph,
    enablePolicies: false,
    ...time,
    readText: async () => '',
    print: () => {},
    ...options,
  }
  return planOf([...contextThings(given), ...policyThings(given)], known())
}
const todo = async (options?: Partial<Given>): Promise<PlanLine[]> =>
  (await planned(options)).map(({ line }) => line).filter(({ action }) => action !== 'nothing')
const apply = async (options?: Partial<Given>) =>
  applyPlan(await planned(options), { known: known(), time, told: () => {} })
/** The first policy as it stands. */
const standing = async (): Promise<Policy> => {
  await time.sleep(6_000)
  const all = await graph.list<Policy>(policies)
  return all.find(({ displayName }) => displayName === name) as Policy
}
// biome-ignore lint/suspicious/noExplicitAny: what Graph shows, as a test looks at it
type Policy = any
/** A policy of that name that somebody made by hand. */
async function made(change: object): Promise<void> {
  const body = {
    displayName: name,
    state: 'enabled',
    conditions: {
      clientAppTypes: ['all'],
      applications: { includeAuthenticationContextClassReferences: ['c1'] },
      users: { includeUsers: ['All'], excludeGroups: [groups.emergency] },
    },
    grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: { id: phishingResistant } },
    ...change,
  }
  for (const id of ['c1', 'c7'])
    await graph.patchNow(`/identity/conditionalAccess/authenticationContextClassReferences/${id}`, {
      displayName: id,
      isAvailable: true,
    })
  await time.sleep(6_000)
  await graph.create({ path: policies, body, find: async () => undefined, isUnique: true })
  await time.sleep(6_000)
}

test('a new policy protects its context with the phishing-resistant strength, spares the emergency accounts, and only reports', async () => {
  await apply()
  expect(await standing()).toMatchObject({
    state: 'enabledForReportingButNotEnforced',
    conditions: {
      clientAppTypes: ['all'],
      applications: { includeApplications: [], includeAuthenticationContextClassReferences: ['c1'] },
      users: { includeUsers: ['All'], includeGroups: [], excludeGroups: [groups.emergency], excludeUsers: [] },
    },
    grantControls: { builtInControls: [], authenticationStrength: { id: phishingResistant } },
    sessionControls: null,
  })
  expect(await graph.get('/identity/conditionalAccess/authenticationContextClassReferences/c1')).toMatchObject({
    isAvailable: true,
  })
  expect(await todo()).toEqual([])
})

test('a context that asks every time says so in its policy', async () => {
  await apply()
  await time.sleep(6_000)
  const all = await graph.list<Policy>(policies)
  expect(all.map(({ sessionControls }) => sessionControls?.signInFrequency ?? null)).toEqual([
    null,
    expect.objectContaining({
      isEnabled: true,
      frequencyInterval: 'everyTime',
      authenticationType: 'primaryAndSecondaryAuthentication',
    }),
  ])
})

test('a policy is enabled only when asked to, and then stays enabled', async () => {
  await apply()
  expect(await todo({ enablePolicies: true })).toMatchObject([
    { before: { state: 'report-only' }, after: { state: 'enabled' } },
    { before: { state: 'report-only' }, after: { state: 'enabled' } },
  ])
  await apply({ enablePolicies: true })
  expect((await standing()).state).toBe('enabled')
  expect(await todo()).toEqual([])
})

test('as long as it only reports, a plan says that its context proves nothing', async () => {
  await apply()
  expect((await planned()).flatMap(({ left }) => left)).toContain(
    `Conditional Access policy ${name}: it is report-only, so c1 proves nothing until apply runs with --enable-policies.`,
  )
})

const kept: [what: string, change: object, field: (policy: Policy) => unknown, value: unknown][] = [
  ['an enabled policy stays enabled', {}, policy => policy.state, 'enabled'],
  [
    'who is exempt stays exempt',
    {
      conditions: {
        applications: { includeAuthenticationContextClassReferences: ['c1'] },
        users: { includeUsers: ['All'], excludeUsers: [stranger] },
      },
    },
    policy => [policy.conditions.users.excludeUsers, policy.conditions.users.excludeGroups],
    [[stranger], [groups.emergency]],
  ],
  [
    'what else it protects stays protected',
    {
      conditions: {
        applications: { includeAuthenticationContextClassReferences: ['c7'] },
        users: { includeUsers: ['All'] },
      },
    },
    policy => policy.conditions.applications.includeAuthenticationContextClassReferences,
    ['c7', 'c1'],
  ],
  [
    'a demand beside the strength stays',
    { grantControls: { operator: 'AND', builtInControls: ['compliantDevice'] } },
    policy => [policy.grantControls.operator, policy.grantControls.builtInControls],
    ['AND', ['compliantDevice']],
  ],
  [
    'a sign-in that is asked for every time stays so',
    {
      sessionControls: {
        signInFrequency: {
          isEnabled: true,
          frequencyInterval: 'everyTime',
          authenticationType: 'primaryAndSecondaryAuthentication',
        },
      },
    },
    policy => policy.sessionControls.signInFrequency.frequencyInterval,
    'everyTime',
  ],
]
test.each(kept)('nothing of a policy that exists is weakened: %s', async (_what, change, field, value) => {
  await made(change)
  await apply()
  const policy = await standing()
  expect(field(policy)).toEqual(value)
  expect(policy.grantControls.authenticationStrength.id).toBe(phishingResistant)
  expect(await todo()).toEqual([])
})

test('a policy that asks for less gets the phishing-resistant strength in the place of any MFA', async () => {
  await made({ grantControls: { operator: 'OR', builtInControls: ['mfa'] } })
  expect(await todo()).toContainEqual(
    expect.objectContaining({
      before: expect.objectContaining({ strength: 'none' }),
      after: expect.objectContaining({ strength: 'Phishing-resistant MFA' }),
    }),
  )
  await apply()
  expect((await standing()).grantControls).toMatchObject({
    builtInControls: [],
    authenticationStrength: { id: phishingResistant },
  })
})

test('a strength of the tenant that resists phishing as well is as good, and stays', async () => {
  const body = { displayName: 'Passkeys only', allowedCombinations: ['fido2'] }
  const { id } = await graph.create<{ id: string }>({
    path: strengths,
    body,
    find: async () => undefined,
    isUnique: true,
  })
  await made({ grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: { id } } })
  await apply()
  expect((await standing()).grantControls.authenticationStrength.id).toBe(id)
})

test('a policy that somebody disabled is left alone until enabling is asked for', async () => {
  await made({ state: 'disabled' })
  await apply()
  expect((await standing()).state).toBe('disabled')
  await apply({ enablePolicies: true })
  expect((await standing()).state).toBe('enabled')
})

test('two policies of one name are told, with what to do', async () => {
  await made({})
  await made({})
  await expect(planned()).rejects.toThrow(
    `There are 2 Conditional Access policies called "${name}". Write the object id of the one that is meant into tenant.json.`,
  )
})

test('a tenant without the phishing-resistant strength is told, before anything is asked for', async () => {
  const without = { ...graph, find: async () => undefined }
  await expect(checkStrength(without)).rejects.toThrow('has no authentication strength "Phishing-resistant MFA"')
  await expect(checkStrength(graph)).resolves.toBeUndefined()
})

test('the strength of that name counts only where nothing in it can be phished', async () => {
  const weak = { allowedCombinations: ['fido2', 'password,sms'] }
  await expect(checkStrength({ ...graph, find: async <Found>() => weak as Found })).rejects.toThrow(
    'has no authentication strength',
  )
})
