import { describe, expect, test } from 'vitest'
import { openTenant } from '../open-tenant.ts'
import { changePolicy, multifactor, operate, phishingResistant, strengths } from './kit.ts'

const { tenant, forward } = await openTenant()
const post = (body: object) => operate(tenant, strengths, { method: 'POST', body })
const own = { displayName: 'Keys alone', description: 'FIDO2', allowedCombinations: ['fido2'] }
const recombine = (id: string, allowedCombinations: string[]) =>
  operate(tenant, `${strengths}/${id}/updateAllowedCombinations`, { method: 'POST', body: { allowedCombinations } })

test('every tenant has three', async () => {
  const { body } = await operate(tenant, strengths)
  expect(body.value.map((each: { displayName: string }) => each.displayName)).toEqual([
    'Multifactor authentication',
    'Passwordless MFA',
    'Phishing resistant MFA',
  ])
  const { body: strongest } = await operate(tenant, `${strengths}/${phishingResistant}`)
  expect(strongest).toMatchObject({
    policyType: 'builtIn',
    requirementsSatisfied: 'mfa',
    allowedCombinations: ['windowsHelloForBusiness', 'fido2', 'x509CertificateMultiFactor'],
    combinationConfigurations: [],
  })
})

test('which cannot be changed, recombined or deleted', async () => {
  const path = `${strengths}/${multifactor}`
  expect((await operate(tenant, path, { method: 'PATCH', body: { displayName: 'Mine' } })).status).toBe(400)
  expect((await recombine(multifactor, ['fido2'])).status).toBe(400)
  expect((await operate(tenant, path, { method: 'DELETE' })).status).toBe(400)
})

describe('one of the organization’s own', () => {
  test('is made, changed and deleted', async () => {
    const made = await post(own)
    expect([made.status, made.body]).toMatchObject([
      201,
      { ...own, policyType: 'custom', requirementsSatisfied: 'mfa' },
    ])
    const path = `${strengths}/${made.body.id}`
    forward({ seconds: 5 })
    expect((await operate(tenant, path, { method: 'PATCH', body: { displayName: 'Keys' } })).status).toBe(204)
    const { body } = await operate(tenant, path)
    expect(body).toMatchObject({ displayName: 'Keys', description: 'FIDO2' })
    expect(body.modifiedDateTime).not.toBe(body.createdDateTime)
    expect((await operate(tenant, path, { method: 'DELETE' })).status).toBe(204)
    expect((await operate(tenant, path)).status).toBe(404)
  })

  test('takes combinations with a blank, proves one factor where one is enough, and takes no unknown method', async () => {
    const { body } = await post({ ...own, allowedCombinations: ['sms, password', 'password'] })
    expect(body).toMatchObject({ allowedCombinations: ['password,sms', 'password'], requirementsSatisfied: 'none' })
    expect((await post({ ...own, allowedCombinations: ['password,passkey'] })).status).toBe(400)
    expect((await post({ ...own, allowedCombinations: null })).status).toBe(400)
    expect((await post({ ...own, allowedCombinations: [] })).status).toBe(400)
  })

  test('gets other combinations by an act that names the policies that use it', async () => {
    const { id } = (await post(own)).body
    changePolicy(tenant, {
      grantControls: {
        ...tenant.conditionalAccess.policies.all()[0]?.grantControls,
        authenticationStrength: { id },
      },
    })
    const { status, body } = await recombine(id, ['fido2', 'deviceBasedPush'])
    expect([status, body]).toMatchObject([
      200,
      {
        previousCombinations: ['fido2'],
        currentCombinations: ['fido2', 'deviceBasedPush'],
        conditionalAccessReferences: [tenant.conditionalAccess.policies.all()[0]?.id],
      },
    ])
    const path = `${strengths}/${id}`
    expect((await operate(tenant, path, { method: 'DELETE' })).body.error.message).toContain('cannot be deleted')
    const body2 = { allowedCombinations: ['password'] }
    expect((await operate(tenant, path, { method: 'PATCH', body: body2 })).status).toBe(400)
  })
})

test('a list takes a filter, and no other option', async () => {
  const query = `?$filter=${encodeURIComponent("policyType eq 'custom'")}`
  expect((await operate(tenant, strengths + query)).body.value).toEqual([])
  expect((await operate(tenant, `${strengths}?$top=1`)).status).toBe(400)
})

test.each([
  ['Policy.Read.AuthenticationMethod', 200, 403],
  ['Policy.Read.All', 200, 403],
  ['Policy.ReadWrite.ConditionalAccess', 403, 201],
])('%s reads with %i and writes with %i', async (permission, reads, writes) => {
  const permissions = [permission]
  expect((await operate(tenant, strengths, { permissions })).status).toBe(reads)
  expect((await operate(tenant, strengths, { permissions, method: 'POST', body: own })).status).toBe(writes)
})
