import { afterAll, afterEach, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import type { SwitchesWish } from '../../../infra/tenant/switches/switches.ts'
import { callGraph, oidOf } from '../graph/kit.ts'
import { everyScope } from '../open-tenant.ts'
import { activation, pim, post, refusalIn, requests, strongToken, weakToken } from './kit.ts'

const tenant = await startTenant({ permitted: { delegated: everyScope } })
afterEach(() => tenant.reset())
afterAll(() => tenant.close())
type Fault = NonNullable<SwitchesWish['graphError']>

const activations = () => tenant.requests.filter(({ key, action }) => key === 'ben' && action === 'selfActivate')

test('what was done may be answered with a 504', async () => {
  const token = await strongToken(tenant, 'ben')
  tenant.set({ graphError: { what: 'done-but-504', where: 'requests', when: 'next' } })
  expect((await post(tenant, token, activation(tenant, 'ben'))).status).toBe(504)
  expect(activations()).toMatchObject([{ status: 'Provisioned' }])
})

test('what was done may be answered with nothing', async () => {
  const headers = { authorization: `Bearer ${await strongToken(tenant, 'ben')}` }
  tenant.set({ graphError: { what: 'done-but-hang', where: 'requests', when: 'next' } })
  const body = JSON.stringify(activation(tenant, 'ben'))
  const signal = AbortSignal.timeout(250)
  const call = fetch(tenant.graphBase + requests, { method: 'POST', headers, body, signal })
  await expect(call).rejects.toThrow('timeout')
  expect(activations()).toMatchObject([{ status: 'Provisioned' }])
})

test('reading is spared by a fault for what is done, and by one for another method', async () => {
  const token = await strongToken(tenant, 'ben')
  const read = () => callGraph(tenant, `${requests}/filterByCurrentUser(on='principal')`, { token })
  for (const graphError of [{ what: 'done-but-504' }, { what: '503', method: 'POST' }] as Fault[]) {
    tenant.set({ graphError })
    expect((await read()).status).toBe(200)
    expect((await post(tenant, token, activation(tenant, 'ben'))).status).toBeGreaterThan(499)
  }
})

test.each(['plain', 'wrapped'] as const)('every refusal can be had by name, %s', async graphEnvelope => {
  const message = 'The tenant needs a Microsoft Entra ID P2 license.'
  tenant.set({
    graphEnvelope,
    graphError: { what: 'refusal', code: 'AadPremiumLicenseRequired', message, status: 403, where: 'requests' },
  })
  const reply = await post(tenant, await strongToken(tenant, 'ben'), activation(tenant, 'ben'))
  expect(reply.body.error.code === 'UnknownError').toBe(graphEnvelope === 'wrapped')
  expect(refusalIn(reply)).toEqual({ status: 403, code: 'AadPremiumLicenseRequired', message })
  expect(activations()).toEqual([])
})

test.each([
  ['requests', `${requests}/filterByCurrentUser(on='principal')`],
  ['schedules', `${pim}/assignmentSchedules/filterByCurrentUser(on='principal')`],
  ['instances', `${pim}/assignmentScheduleInstances/filterByCurrentUser(on='principal')`],
  ['eligibility', `${pim}/eligibilitySchedules/filterByCurrentUser(on='principal')`],
  ['eligibility', `${pim}/eligibilityScheduleInstances/filterByCurrentUser(on='principal')`],
  ['eligibility', `${pim}/eligibilityScheduleRequests/filterByCurrentUser(on='principal')`],
  ['approvals', `${pim}/assignmentApprovals/filterByCurrentUser(on='approver')`],
  [
    'policies',
    `/policies/roleManagementPolicies?$filter=${encodeURIComponent(`scopeId eq '${tenant.groups.access}' and scopeType eq 'Group'`)}`,
  ],
  ['users', `/users/${oidOf(tenant, 'ada')}`],
] as const)('%s are counted and fail by themselves: %s', async (where, path) => {
  const token = await weakToken(tenant, 'ada')
  const statuses = []
  for (const graphError of [undefined, { what: '503', where }, { what: '503', where: 'members' }] as const) {
    tenant.set({ graphError })
    statuses.push((await callGraph(tenant, path, { token })).status)
  }
  expect(statuses[1]).toBe(503)
  expect(statuses[0]).toBe(statuses[2])
  expect(statuses[0]).toBeLessThan(500)
  expect(tenant.calls.graph[where]).toBe(3)
})
