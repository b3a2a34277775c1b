import { describe, expect, test } from 'vitest'
import { openTenant } from '../open-tenant.ts'
import { contexts, multifactor, operate, phishingResistant, policies, policyBody } from './kit.ts'

const { tenant, forward } = await openTenant()
const post = (body: object, who: object = {}) => operate(tenant, policies, { method: 'POST', body, ...who })
const patch = (id: string, body: object) => operate(tenant, `${policies}/${id}`, { method: 'PATCH', body })
const read = async (id: string) => (await operate(tenant, `${policies}/${id}`)).body

test('the usual tenant has one: phishing-resistant for c1, without the emergency accounts', async () => {
  expect((await operate(tenant, policies)).body.value).toMatchObject([
    {
      state: 'enabled',
      conditions: {
        applications: { includeAuthenticationContextClassReferences: ['c1'] },
        users: { includeUsers: ['All'], excludeGroups: [tenant.groups.emergency] },
      },
      grantControls: { builtInControls: [], authenticationStrength: { id: phishingResistant } },
    },
  ])
})

describe('making one', () => {
  test('answers with the whole policy, the strength in it and every list', async () => {
    const { status, body } = await post(policyBody('c1', { state: 'enabledForReportingButNotEnforced' }))
    expect(status).toBe(201)
    expect(await read(body.id)).toMatchObject({
      id: body.id,
      templateId: null,
      state: 'enabledForReportingButNotEnforced',
      modifiedDateTime: null,
      sessionControls: null,
      conditions: {
        clientAppTypes: ['all'],
        userRiskLevels: [],
        platforms: null,
        applications: { includeApplications: [], includeUserActions: [] },
        users: { includeUsers: ['All'], excludeGroups: [] },
      },
      grantControls: {
        operator: 'OR',
        builtInControls: [],
        authenticationStrength: { displayName: 'Phishing resistant MFA', policyType: 'builtIn' },
      },
    })
  })

  test.each<[string, object]>([
    ['an unknown state', { state: 'reportOnly' }],
    ['no name', { displayName: null }],
    ['no conditions', { conditions: null }],
    ['an unknown property', { enabled: true }],
    ['an unknown property far inside', { conditions: { users: { includeEverybody: true } } }],
    ['a list that is null', { grantControls: { operator: 'OR', builtInControls: null } }],
    ['client types that are null', { conditions: { ...policyBody('c1').conditions, clientAppTypes: null } }],
    ['an unknown control', { grantControls: { operator: 'OR', builtInControls: ['passkey'] } }],
    ['an unknown operator', { grantControls: { operator: 'XOR', builtInControls: ['mfa'] } }],
    ['no controls', { grantControls: null }],
    ['controls that say nothing', { grantControls: { operator: 'OR' } }],
    ['nobody', { conditions: { applications: policyBody('c1').conditions.applications } }],
    ['no application', { conditions: { users: { includeUsers: ['All'] } } }],
    [
      'a group by its name',
      {
        conditions: { ...policyBody('c1').conditions, users: { includeUsers: ['All'], excludeGroups: ['Emergency'] } },
      },
    ],
    ['a context that is not there', policyBody('c44')],
    [
      'a strength that is not there',
      { grantControls: { operator: 'OR', authenticationStrength: { id: tenant.groups.access } } },
    ],
    [
      'MFA beside a strength',
      { grantControls: { operator: 'OR', builtInControls: ['mfa'], authenticationStrength: { id: multifactor } } },
    ],
    [
      'an unknown frequency',
      { sessionControls: { signInFrequency: { isEnabled: true, frequencyInterval: 'always' } } },
    ],
  ])('with %s is refused', async (_, more) => {
    expect((await post(policyBody('c1', more))).status).toBe(400)
    expect(tenant.conditionalAccess.policies.all()).toHaveLength(1)
  })

  test('for a context that the directory does not show yet is refused', async () => {
    tenant.set({ directoryLagSeconds: 10 })
    await operate(tenant, `${contexts}/c2`, { method: 'PATCH', body: { displayName: 'Second' } })
    expect((await post(policyBody('c2'))).status).toBe(400)
    forward({ seconds: 11 })
    expect((await post(policyBody('c2'))).status).toBe(201)
  })
})

describe('changing one', () => {
  test('answers nothing, merges blocks and replaces lists', async () => {
    const { id } = (await post(policyBody('c1'))).body
    forward({ seconds: 5 })
    const change = { state: 'disabled', conditions: { users: { excludeGroups: [tenant.groups.emergency] } } }
    const { status, text } = await patch(id, change)
    expect([status, text]).toEqual([204, ''])
    expect(await read(id)).toMatchObject({
      displayName: 'A policy',
      state: 'disabled',
      modifiedDateTime: '2026-03-02T12:00:05.000Z',
      conditions: {
        applications: { includeAuthenticationContextClassReferences: ['c1'] },
        users: { includeUsers: ['All'], excludeGroups: [tenant.groups.emergency] },
      },
      grantControls: { authenticationStrength: { id: phishingResistant } },
    })
  })

  test('can take a strength away and put MFA in its place, but never both', async () => {
    const { id } = (await post(policyBody('c1'))).body
    expect((await patch(id, { grantControls: { builtInControls: ['mfa'] } })).status).toBe(400)
    const instead = { grantControls: { builtInControls: ['mfa'], authenticationStrength: null } }
    expect((await patch(id, instead)).status).toBe(204)
    expect((await read(id)).grantControls).toMatchObject({ builtInControls: ['mfa'], authenticationStrength: null })
  })

  test('that does not exist, or is not shown yet, is 404', async () => {
    expect((await patch(tenant.groups.access, { state: 'disabled' })).status).toBe(404)
    tenant.set({ directoryLagSeconds: 10 })
    const { id } = (await post(policyBody('c1'))).body
    expect((await patch(id, { state: 'disabled' })).status).toBe(404)
  })
})

test('deleting one takes it away', async () => {
  const { id } = (await post(policyBody('c1'))).body
  expect((await operate(tenant, `${policies}/${id}`, { method: 'DELETE' })).status).toBe(204)
  expect((await operate(tenant, `${policies}/${id}`)).status).toBe(404)
})

test('nothing of a policy can be expanded; a list can be filtered and selected', async () => {
  const { id } = (await post(policyBody('c1'))).body
  for (const path of [policies, `${policies}/${id}`])
    expect((await operate(tenant, `${path}?$expand=grantControls`)).status).toBe(400)
  const query = `?$select=id,state&$filter=${encodeURIComponent("displayName eq 'A policy'")}`
  expect((await operate(tenant, policies + query)).body.value).toEqual([{ id, state: 'enabled' }])
})

test.each([
  [['Policy.Read.All'], 200, 403],
  [['Policy.Read.All', 'Policy.ReadWrite.ConditionalAccess'], 200, 201],
  [['Policy.ReadWrite.ConditionalAccess'], 403, 403],
  [['Application.ReadWrite.All', 'Directory.Read.All'], 403, 403],
])('%j reads with %i and writes with %i, for people and applications', async (permissions, reads, writes) => {
  for (const application of [true, false]) {
    expect((await operate(tenant, policies, { permissions, application })).status).toBe(reads)
    expect((await post(policyBody('c1'), { permissions, application })).status).toBe(writes)
  }
})
