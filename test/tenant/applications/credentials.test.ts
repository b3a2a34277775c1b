import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { makeCertificate } from '../../support/certificate.ts'
import { openTenant } from '../open-tenant.ts'
import { nothing, operatorOf } from './kit.ts'

const { tenant } = await openTenant()
const { get, post, patch, remove } = operatorOf(tenant)
const path = `/applications(appId='${tenant.clientId}')`
const pem = makeCertificate().certificate
const der = new X509Certificate(pem).raw.toString('base64')
const credential = { type: 'AsymmetricX509Cert', usage: 'Verify', key: der }

describe('a client secret', () => {
  test('is shown once, and is good for two years unless another end is asked for', async () => {
    const { status, body } = await post(`${path}/addPassword`, { passwordCredential: { displayName: 'one' } })
    expect(status).toBe(200)
    expect(body).toMatchObject({ displayName: 'one', endDateTime: '2028-03-02T12:00:00.000Z' })
    const until = { passwordCredential: { endDateTime: '2026-09-02T12:00:00Z' } }
    expect((await post(`${path}/addPassword`, until)).body.endDateTime).toBe('2026-09-02T12:00:00.000Z')
    const { passwordCredentials } = (await get(path)).body
    expect(passwordCredentials).toHaveLength(3)
    expect(passwordCredentials[1]).toMatchObject({ hint: body.secretText.slice(0, 3), secretText: null })
    expect(JSON.stringify(passwordCredentials)).not.toContain(body.secretText)
  })

  test('is taken away by its id', async () => {
    const { keyId } = (await post(`${path}/addPassword`, {})).body
    expect((await post(`${path}/removePassword`, { keyId: 'one' })).status).toBe(400)
    expect((await post(`${path}/removePassword`, { keyId: nothing })).status).toBe(400)
    expect((await post(`${path}/removePassword`, { keyId })).status).toBe(204)
    expect((await get(path)).body.passwordCredentials).toHaveLength(1)
  })

  test.each([{ endDateTime: '2026-03-01T00:00:00Z' }, { endDateTime: '2026-09-02' }, { value: 'mine' }])(
    'is not made with %j',
    async passwordCredential => {
      expect((await post(`${path}/addPassword`, { passwordCredential })).status).toBe(400)
    },
  )
})

describe('a certificate', () => {
  test('is added, and shown with its key only to whoever selects it', async () => {
    expect((await patch(path, { keyCredentials: [credential] })).status).toBe(204)
    expect((await get(path)).body.keyCredentials).toMatchObject([
      { key: null, endDateTime: '2046-01-01T00:00:00.000Z' },
    ])
    expect((await get(`${path}?$select=keyCredentials`)).body.keyCredentials).toMatchObject([{ key: der }])
  })

  test('stays when the list names it by its id, and goes when the list does not', async () => {
    await patch(path, { keyCredentials: [credential] })
    const [first] = (await get(path)).body.keyCredentials
    const other = { ...credential, displayName: 'other' }
    expect((await patch(path, { keyCredentials: [first, other] })).status).toBe(204)
    expect(tenant.credentials.certificates).toHaveLength(2)
    expect((await patch(path, { keyCredentials: [other] })).status).toBe(204)
    expect((await get(path)).body.keyCredentials).toMatchObject([{ displayName: 'other' }])
  })

  test.each<[string, object]>([
    ['without a key', { ...credential, key: undefined }],
    ['that is a text', { ...credential, key: Buffer.from('a certificate').toString('base64') }],
    ['of another type', { ...credential, type: 'X509CertAndPassword' }],
    ['for another use', { ...credential, usage: 'Sign' }],
  ])('%s is refused', async (_what, wish) => {
    expect((await patch(path, { keyCredentials: [wish] })).status).toBe(400)
  })
})

describe('an issuer outside', () => {
  const all = `${path}/federatedIdentityCredentials`
  const wish = {
    name: 'cluster',
    issuer: 'https://cluster.example/',
    subject: 'system:serviceaccount:gatehouse',
    audiences: ['api://AzureADTokenExchange'],
  }

  test('is added, found by its name and its id, changed and taken away', async () => {
    const { status, body } = await post(all, wish)
    expect([status, body.description]).toEqual([201, null])
    expect((await patch(`${all}(name='cluster')`, { subject: 'other' })).status).toBe(204)
    expect((await get(`${all}/${body.id}`)).body).toMatchObject({ subject: 'other', name: 'cluster' })
    expect((await get(all)).body.value).toHaveLength(1)
    expect((await remove(`${all}/${body.id}`)).status).toBe(204)
    expect((await get(`${all}(name='cluster')`)).status).toBe(404)
  })

  test('has a name of its own that never changes, and issuer and subject that nobody else has', async () => {
    await post(all, wish)
    expect((await post(all, { ...wish, subject: 'other' })).status).toBe(409)
    expect((await post(all, { ...wish, name: 'second' })).status).toBe(409)
    expect((await patch(`${all}(name='cluster')`, { name: 'second' })).status).toBe(400)
  })

  test.each<[string, object]>([
    ['without a subject', { subject: undefined }],
    ['with an issuer that is no address', { issuer: 'cluster' }],
    ['for two audiences', { audiences: ['a', 'b'] }],
    ['with null for the audiences', { audiences: null }],
    ['with a name that fits into no address', { name: 'my cluster' }],
  ])('%s is refused', async (_what, more) => {
    expect((await post(all, { ...wish, ...more })).status).toBe(400)
  })
})
