import { expect, test } from 'vitest'
import { graphPermissions } from '../../../infra/tenant/directory/permissions.ts'
import { callGraph, membersOf, oidOf } from '../graph/kit.ts'
import { openTenant } from '../open-tenant.ts'

const { tenant, forward } = await openTenant()

async function ask(body?: object) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${tenant.origin}/control/token`, {
    method: 'POST',
    headers,
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as { access_token: string; expires_in: number } }
}

test('an operator has a token of the Global Administrator with every permission, for an hour', async () => {
  const { status, body } = await ask()
  expect([status, body.expires_in]).toEqual([200, 3600])
  const me = await callGraph(tenant, '/me', { token: body.access_token })
  expect(me.body.id).toBe(oidOf(tenant, 'ada'))
  expect((await callGraph(tenant, membersOf(tenant), { token: body.access_token })).status).toBe(200)
  forward({ seconds: 3601 })
  expect((await callGraph(tenant, '/me', { token: body.access_token })).status).toBe(401)
})

test('the operator may be somebody else, with fewer permissions', async () => {
  const token = tenant.operatorToken({ person: 'ben', permissions: ['User.Read'] })
  expect((await callGraph(tenant, '/me', { token })).body.id).toBe(oidOf(tenant, 'ben'))
  expect((await callGraph(tenant, membersOf(tenant), { token })).status).toBe(403)
})

test('the operator may be an application, with nobody behind it', async () => {
  const { body } = await ask({ application: true })
  expect((await callGraph(tenant, '/me', { token: body.access_token })).status).toBe(400)
  expect((await callGraph(tenant, membersOf(tenant), { token: body.access_token })).status).toBe(200)
})

test('a wish of the wrong shape, or somebody who does not exist, gets no token', async () => {
  expect((await ask({ person: 'nobody' })).status).toBe(400)
  expect((await ask({ scopes: [] })).status).toBe(400)
})

test('every permission has an id, and no two share one', () => {
  const ids = graphPermissions.flatMap(({ delegated, application }) => [delegated, application].filter(Boolean))
  expect(new Set(ids).size).toBe(ids.length)
  expect(graphPermissions.every(({ delegated, application }) => delegated ?? application)).toBe(true)
  expect(ids.every(id => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id ?? ''))).toBe(true)
})
