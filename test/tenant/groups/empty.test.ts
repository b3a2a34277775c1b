import { afterAll, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { callGraph, oidOf } from '../graph/kit.ts'

const tenant = await startTenant({ empty: true, eligible: { members: ['oskar'] } })
afterAll(() => tenant.close())

test('in an empty tenant there are people, but none of them is in a group', async () => {
  const token = tenant.operatorToken()
  const body = { groupIds: Object.values(tenant.managedGroups) }
  for (const person of ['alice', 'mona', 'ada']) {
    const path = `/users/${oidOf(tenant, person)}/checkMemberGroups`
    const answer = await callGraph(tenant, path, { token, method: 'POST', body })
    expect([person, answer.body.value]).toEqual([person, []])
  }
})

test('in an empty tenant there is no app but Graph', async () => {
  const token = tenant.operatorToken()
  expect((await callGraph(tenant, '/applications', { token })).body.value).toEqual([])
  const { body } = await callGraph(tenant, '/servicePrincipals?$select=displayName', { token })
  expect(body.value).toEqual([{ displayName: 'Microsoft Graph' }])
})
