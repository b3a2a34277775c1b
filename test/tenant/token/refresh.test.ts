import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { createStore } from '../../../infra/tenant/store.ts'
import { callToken, claimsIn, refresh, tokensOf } from '../sign-in/browser.ts'

const tenant = await startTenant()
afterEach(() => tenant.reset())
afterAll(() => tenant.close())

describe('with reuse detection', () => {
  test('each refresh token is good once; the new ones go on', async () => {
    tenant.set({ refreshReuseDetection: true })
    let reply = await tokensOf(tenant, 'alice')
    for (let round = 0; round < 3; round += 1) reply = await refresh(tenant, reply)
    expect(reply.status).toBe(200)
  })

  test('one that comes again takes the whole sign-in with it, and no other', async () => {
    tenant.set({ refreshReuseDetection: true })
    const [first, elsewhere] = [await tokensOf(tenant, 'alice'), await tokensOf(tenant, 'alice')]
    const second = await refresh(tenant, first)
    for (const each of [first, second, first]) {
      const { body } = await refresh(tenant, each)
      expect(body).toMatchObject({ error: 'invalid_grant', error_codes: [70000], suberror: 'bad_token' })
    }
    expect((await refresh(tenant, elsewhere)).status).toBe(200)
  })

  test('two at the same moment are reuse as well', async () => {
    tenant.set({ refreshReuseDetection: true })
    const first = await tokensOf(tenant, 'alice')
    const replies = await Promise.all([refresh(tenant, first), refresh(tenant, first)])
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 400])
    const winner = replies.find(({ status }) => status === 200)
    expect(winner && (await refresh(tenant, winner)).status).toBe(400)
  })

  test('two that were both found good before either was used up are reuse as well', async () => {
    const tokens = createStore(() => new Date(), { refreshReuseDetection: true }).adapter('RefreshToken')
    await tokens.upsert('first', { grantId: 'one' }, 1)
    await tokens.upsert('second', { grantId: 'one' }, 1)
    await tokens.consume('first')
    await expect(tokens.consume('first')).rejects.toThrow('invalid_grant')
    expect(await tokens.find('second')).toHaveProperty('consumed')
  })
})

test.each(['refresh_token', 'id_token'] as const)('a refresh reply can lack %s, a sign-in never does', async name => {
  tenant.set({ refreshReplyWithout: [name] })
  const first = await tokensOf(tenant, 'alice')
  expect(first.body).toHaveProperty(name)
  const second = await refresh(tenant, first)
  expect(second.status).toBe(200)
  expect(second.body).not.toHaveProperty(name)
})

test('a refreshed token can be about another person altogether', async () => {
  tenant.set({ refreshedAs: 'ada' })
  const first = await tokensOf(tenant, 'alice')
  expect(claimsIn(first).name).toBe('Alice Lindqvist')
  expect(claimsIn(await refresh(tenant, first)).name).toBe('Ada Nakamura')
})

test.each(['sub', 'oid', 'tid'])('a lie about %s can be told at refresh only, or at sign-in only', async name => {
  tenant.set({ lie: { on: 'refresh', [name]: 'a lie' } })
  const first = await tokensOf(tenant, 'alice')
  expect(claimsIn(first)[name]).not.toBe('a lie')
  const lying = claimsIn(await refresh(tenant, first))
  expect(lying).toMatchObject({ [name]: 'a lie' })
  expect(lying).not.toHaveProperty('on')
  tenant.set({ lie: { on: 'code', [name]: 'a lie' } })
  expect(claimsIn(await refresh(tenant, first))[name]).not.toBe('a lie')
})

test.each([
  ['50053', 400, 'invalid_grant', undefined],
  ['50055', 400, 'invalid_grant', 'user_password_expired'],
  ['50057', 400, 'invalid_grant', undefined],
  ['50074', 400, 'invalid_grant', 'basic_action'],
  ['50079', 400, 'invalid_grant', 'basic_action'],
  ['50105', 400, 'interaction_required', undefined],
  ['50132', 400, 'invalid_grant', undefined],
  ['50158', 400, 'invalid_grant', 'basic_action'],
  ['53000', 400, 'invalid_grant', 'additional_action'],
  ['530032', 400, 'invalid_grant', 'message_only'],
  ['65001', 400, 'invalid_grant', 'consent_required'],
  ['70000', 400, 'invalid_grant', 'bad_token'],
  ['70008', 400, 'invalid_grant', undefined],
  ['70011', 400, 'invalid_scope', undefined],
  ['7000112', 400, 'unauthorized_client', undefined],
  ['700027', 401, 'invalid_client', undefined],
  ['9002313', 400, 'invalid_request', undefined],
  ['500', 500, 'server_error', undefined],
  ['502', 502, 'server_error', undefined],
  ['90033', 503, 'temporarily_unavailable', undefined],
] as const)('the fault %s can be had at refresh', async (what, status, error, suberror) => {
  const first = await tokensOf(tenant, 'alice')
  tenant.set({ tokenError: { what, on: 'refresh' } })
  const reply = await refresh(tenant, first)
  expect([reply.status, reply.body.error, reply.body.suberror]).toEqual([status, error, suberror])
  expect(reply.body.error_description).not.toContain('The request cannot be completed')
})

test.each(['invalid_grant', 'interaction_required', 'login_required', 'consent_required'] as const)(
  'the same code can come as %s',
  async as => {
    const first = await tokensOf(tenant, 'alice')
    tenant.set({ tokenError: { what: '50105', on: 'refresh', as } })
    expect((await refresh(tenant, first)).body).toMatchObject({ error: as, error_codes: [50105] })
  },
)

test('a throttled reply can leave open when to come back', async () => {
  tenant.set({ tokenError: { what: '429', retryAfterSeconds: null } })
  const { status, headers } = await callToken(tenant, {})
  expect([status, headers.get('retry-after')]).toEqual([429, null])
})

test('the connection can be cut', async () => {
  const first = await tokensOf(tenant, 'alice')
  tenant.set({ tokenError: { what: 'cut' } })
  await expect(refresh(tenant, first)).rejects.toThrow('fetch failed')
})
