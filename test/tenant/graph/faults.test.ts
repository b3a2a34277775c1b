import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { graphPlaces } from '../../../infra/tenant/calls.ts'
import { startTenant } from '../../../infra/tenant/start.ts'
import type { SwitchesWish } from '../../../infra/tenant/switches/switches.ts'
import { everyScope } from '../open-tenant.ts'
import { clockAt, openBrowser, redeem, refresh, tokensOf } from '../sign-in/browser.ts'
import { appToken, callGraph, instancesOf, membersOf, personToken } from './kit.ts'

const { clock } = clockAt('2026-03-02T12:00:00Z')
const tenant = await startTenant({ clock, permitted: { delegated: everyScope } })
afterEach(() => tenant.reset())
afterAll(() => tenant.close())
type Fault = NonNullable<SwitchesWish['graphError']>
const token = (permissions?: string[]) => appToken(tenant, permissions)
const me = '/me/checkMemberGroups'
const groupIds = [tenant.groups.access]

async function instances(fault: Fault, path = instancesOf(tenant)) {
  const withToken = { token: await token() }
  tenant.set({ graphError: fault })
  return callGraph(tenant, path, withToken)
}

describe('tokens', () => {
  test('missing, made up, and from before a reset are refused', async () => {
    const old = await token()
    tenant.reset()
    for (const each of [undefined, 'made-up', old]) {
      const { status, headers, body } = await callGraph(tenant, membersOf(tenant), each ? { token: each } : {})
      expect([status, body.error.code]).toEqual([401, 'InvalidAuthenticationToken'])
      expect(headers.get('www-authenticate')).toMatch(/^Bearer /)
    }
  })

  test.each(['disabled', 'revoked'] as const)(
    'of somebody since %s bring a challenge to an app that takes them, and go on for any other',
    async list => {
      const claims = JSON.stringify({ access_token: { xms_cc: { values: ['CP1'] } } })
      const scope = 'GroupMember.Read.All'
      const arrival = await openBrowser(tenant).signIn('alice', { scope: `openid offline_access ${scope}`, claims })
      const signedIn = await redeem(tenant, arrival)
      const refreshed = await refresh(
        tenant,
        await tokensOf(tenant, 'alice', { scope: `openid offline_access ${scope}` }),
        { claims },
      )
      const plain = await personToken(tenant, 'alice', scope)
      tenant.set({ [list]: ['alice'] })
      const check = (token: string) => callGraph(tenant, me, { token, method: 'POST', body: { groupIds } })
      for (const { body } of [signedIn, refreshed]) {
        const { status, headers } = await check(body.access_token)
        expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('insufficient_claims')])
      }
      expect((await check(plain)).status).toBe(200)
    },
  )
})

describe('a refusal', () => {
  test('is Graph’s, with the ids to look it up by', async () => {
    const headers = { 'client-request-id': 'my-own' }
    const reply = await callGraph(tenant, membersOf(tenant), { token: await token([]), headers })
    expect(reply.body).toEqual({
      error: {
        code: 'Authorization_RequestDenied',
        message: expect.any(String),
        innerError: {
          date: '2026-03-02T12:00:00',
          'request-id': reply.headers.get('request-id'),
          'client-request-id': 'my-own',
        },
      },
    })
  })

  test('of PIM for want of a scope has its code inside the message, unless the envelope is switched', async () => {
    const withToken = { token: await token([]) }
    const wrapped = (await callGraph(tenant, instancesOf(tenant), withToken)).body.error
    expect(wrapped.code).toBe('UnknownError')
    expect(JSON.parse(wrapped.message)).toMatchObject({ errorCode: 'PermissionScopeNotGranted' })
    tenant.set({ graphEnvelope: 'plain' })
    expect((await callGraph(tenant, instancesOf(tenant), withToken)).body.error.code).toBe('PermissionScopeNotGranted')
    tenant.set({ graphEnvelope: 'wrapped' })
    expect((await callGraph(tenant, membersOf(tenant), withToken)).body.error.code).toBe('UnknownError')
  })

  test('meets every address that is not there, and a body that is no JSON', async () => {
    expect((await callGraph(tenant, '/devices', { token: await token() })).body.error.code).toBe('BadRequest')
    const broken = await fetch(tenant.graphBase + me, { method: 'POST', body: '{"groupIds":' })
    expect(broken.status).toBe(400)
  })
})

describe('on request', () => {
  test.each(['401', '403', '404', '429', '500', '502', '503', '504'] as const)('the answer is %s', async what => {
    const { status, headers, body } = await instances({ what })
    expect([status, headers.get('retry-after')]).toEqual([Number(what), null])
    expect(body.error).toHaveProperty('innerError.request-id')
  })

  test('a 429 says when to come back', async () => {
    expect((await instances({ what: '429', retryAfterSeconds: 7 })).headers.get('retry-after')).toBe('7')
  })

  test('a challenge carries what to ask for, in base64', async () => {
    const { status, headers } = await instances({ what: 'claims-challenge' })
    const claims = / claims="([^"]+)"/.exec(headers.get('www-authenticate') ?? '')?.[1] ?? ''
    expect(status).toBe(401)
    expect(JSON.parse(Buffer.from(claims, 'base64').toString())).toEqual({
      access_token: { nbf: { essential: true, value: '1772452800' } },
    })
  })

  test.each([
    ['truncated', expect.any(String)],
    ['html', expect.stringContaining('<html>')],
    ['empty-object', {}],
    ['value-not-array', { value: { accessId: 'owner' } }],
    [
      'without-ids',
      { value: expect.not.arrayContaining([expect.objectContaining({ principalId: expect.anything() })]) },
    ],
    ['bad-end', { value: expect.arrayContaining([expect.objectContaining({ endDateTime: 'some time tomorrow' })]) }],
  ] as const)('a 200 is %s', async (what, body) => {
    const reply = await instances({ what })
    expect(reply.status).toBe(200)
    if (typeof body === 'object' && 'value' in body) expect(reply.body).toMatchObject(body)
    else expect(reply.body).toEqual(body)
  })

  test('there is no answer, half of one, or no server', async () => {
    const withToken = { headers: { authorization: `Bearer ${await token()}` } }
    const ask = () => fetch(tenant.graphBase + membersOf(tenant), { ...withToken, signal: AbortSignal.timeout(200) })
    tenant.set({ graphError: { what: 'hang' } })
    await expect(ask()).rejects.toThrow('timeout')
    tenant.set({ graphError: { what: 'cut' } })
    await expect(ask().then(reply => reply.text())).rejects.toThrow('terminated')
    tenant.set({ graphError: undefined, graphDown: true })
    await expect(ask()).rejects.toThrow('fetch failed')
    expect((await tokensOf(tenant, 'alice')).status).toBe(200)
  })

  test('sign-in is away while Graph goes on', async () => {
    const withToken = { token: await token() }
    tenant.set({ signInDown: true })
    expect((await callGraph(tenant, membersOf(tenant), withToken)).status).toBe(200)
    await expect(tokensOf(tenant, 'alice')).rejects.toThrow('fetch failed')
  })

  test('only one part fails, once or for as long as it is switched on', async () => {
    const withToken = { token: await token() }
    tenant.set({ graphError: { what: '500', where: 'members', when: 'next' } })
    const statuses = []
    for (const path of [instancesOf(tenant), membersOf(tenant), membersOf(tenant)])
      statuses.push((await callGraph(tenant, path, withToken)).status)
    expect(statuses).toEqual([200, 500, 200])
  })

  test('only the second page is missing', async () => {
    tenant.set({ graphPageSize: 2 })
    const first = await instances({ what: '500', page: 2 })
    expect(first.status).toBe(200)
    expect((await callGraph(tenant, first.body['@odata.nextLink'], { token: await token() })).status).toBe(500)
  })

  test('Graph is slow', async () => {
    const withToken = { token: await token() }
    tenant.set({ slow: { graph: 150 } })
    const before = performance.now()
    await callGraph(tenant, membersOf(tenant), withToken)
    expect(performance.now() - before).toBeGreaterThan(140)
  })
})

test('calls are counted by part, failures too', async () => {
  const counted = tenant.calls.graph
  await instances({ what: '500', where: 'instances' })
  await callGraph(tenant, membersOf(tenant))
  await callGraph(tenant, '/subscriptions')
  await callGraph(tenant, me, { method: 'POST' })
  await callGraph(tenant, '/me')
  const none = Object.fromEntries(graphPlaces.map(place => [place, 0]))
  expect(counted).toEqual({ ...none, instances: 1, members: 1, check: 1, subscriptions: 1, users: 1 })
  tenant.reset()
  expect(counted).toEqual(none)
})
