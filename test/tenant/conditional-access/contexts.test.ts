import { describe, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { openTenant } from '../open-tenant.ts'
import { contexts, operate, policies, policyBody } from './kit.ts'

const { tenant, forward } = await openTenant()
const put = (id: string, body: object, more: object = {}) =>
  operate(tenant, `${contexts}/${id}`, { method: 'PATCH', body, ...more })
const remove = (id: string) => operate(tenant, `${contexts}/${id}`, { method: 'DELETE' })
const read = async (query = '') => (await operate(tenant, contexts + query)).body.value

test('the usual tenant has c1, published', async () => {
  expect(await read()).toMatchObject([{ id: 'c1', displayName: 'Activate privileged access', isAvailable: true }])
})

test('an empty tenant has none', async () => {
  const empty = await startTenant({ empty: true })
  expect((await operate(empty, contexts)).body.value).toEqual([])
  expect((await operate(empty, policies)).body.value).toEqual([])
  await empty.close()
})

describe('a PATCH', () => {
  test('makes a context, unpublished unless it says so, without an answer', async () => {
    const { status, text } = await put('c9', { displayName: 'Approve' })
    expect([status, text]).toEqual([204, ''])
    const { body } = await operate(tenant, `${contexts}/c9`)
    expect(body).toMatchObject({ id: 'c9', displayName: 'Approve', description: null, isAvailable: false })
  })

  test('changes what it names and leaves the rest', async () => {
    await put('c1', { isAvailable: false })
    expect(await read()).toMatchObject([{ displayName: 'Activate privileged access', isAvailable: false }])
  })

  test.each(['c0', 'c100', 'C1', 'x', 'c01'])('for %s is refused', async id => {
    expect((await put(id, { displayName: 'No' })).status).toBe(400)
  })

  test.each([{ isAvailable: 'yes' }, { displayName: 7 }, { name: 'No' }, { id: 'c8' }])(
    'with %j is refused',
    async body => {
      expect((await put('c7', body)).status).toBe(400)
    },
  )

  test('is seen by reads only when the directory has caught up', async () => {
    tenant.set({ directoryLagSeconds: 20 })
    await put('c2', { displayName: 'Second' })
    expect((await operate(tenant, `${contexts}/c2`)).status).toBe(404)
    forward({ seconds: 21 })
    expect((await operate(tenant, `${contexts}/c2`)).status).toBe(200)
  })
})

test('a POST makes a context once', async () => {
  const post = () => operate(tenant, contexts, { method: 'POST', body: { id: 'c3', displayName: 'Third' } })
  expect((await post()).status).toBe(201)
  expect((await post()).status).toBe(400)
})

describe('deleting', () => {
  test('takes a context that is neither published nor named by a policy', async () => {
    await put('c4', { displayName: 'Fourth' })
    expect((await remove('c4')).status).toBe(204)
    expect((await remove('c4')).status).toBe(404)
  })

  test('is refused for a published context', async () => {
    await put('c4', { displayName: 'Fourth', isAvailable: true })
    expect((await remove('c4')).body.error.message).toContain('published')
  })

  test('is refused for a context that a policy names, whatever its state', async () => {
    await put('c4', { displayName: 'Fourth' })
    await operate(tenant, policies, { method: 'POST', body: policyBody('c4', { state: 'disabled' }) })
    expect((await remove('c4')).body.error.message).toContain('Conditional Access policy')
  })
})

describe('a list', () => {
  test.each(['$select=id', '$top=1', '$skip=1', '$count=true', '$expand=x'])('takes no %s', async option => {
    expect((await operate(tenant, `${contexts}?${option}`)).status).toBe(400)
  })

  test('takes a filter', async () => {
    await put('c5', { displayName: 'Fifth' })
    expect(await read(`?$filter=${encodeURIComponent('isAvailable eq true')}`)).toMatchObject([{ id: 'c1' }])
    expect(await read(`?$filter=${encodeURIComponent("displayName eq 'Fifth'")}`)).toMatchObject([{ id: 'c5' }])
  })
})

describe('permissions', () => {
  test.each([
    ['AuthenticationContext.Read.All', 200, 403],
    ['Policy.Read.ConditionalAccess', 200, 403],
    ['AuthenticationContext.ReadWrite.All', 200, 204],
    ['Policy.ReadWrite.ConditionalAccess', 200, 204],
    ['Policy.Read.All', 403, 403],
  ])('%s reads with %i and writes with %i, for people and applications', async (permission, reads, writes) => {
    for (const application of [true, false]) {
      const who = { permissions: [permission], application }
      expect((await operate(tenant, contexts, who)).status).toBe(reads)
      expect((await put('c6', { displayName: 'Sixth' }, who)).status).toBe(writes)
    }
  })

  test('do not help people without a role', async () => {
    expect((await operate(tenant, contexts, { person: 'ben' })).status).toBe(403)
  })
})
