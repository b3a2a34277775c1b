import { createHash, randomUUID, X509Certificate } from 'node:crypto'
import { SignJWT } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../support/certificate.ts'
import { callGraph } from '../graph/kit.ts'
import { openTenant } from '../open-tenant.ts'
import { callToken, claimsIn, membersOf, openBrowser, type Query, redeem, tokensOf } from '../sign-in/browser.ts'
import { graphOf, noRole, nothing, operatorOf } from './kit.ts'

const { tenant } = await openTenant()
const { post, patch, get } = operatorOf(tenant)

const made = makeCertificate()
const claim = (name: string) => ({ name })
const redirect = 'https://other.example/auth/callback'
const signedOut = 'https://other.example/auth/signed-out'
const scope = 'openid profile offline_access User.Read'
const role = { allowedMemberTypes: ['User'], description: 'x', displayName: 'x', id: nothing, value: 'Other.Run' }

let app: { id: string; appId: string }
let principal: { id: string }
let secret: string

beforeEach(async () => {
  const web = { redirectUris: [redirect, signedOut], logoutUrl: 'https://other.example/front-channel' }
  const wish = {
    displayName: 'Other app',
    web,
    groupMembershipClaims: 'ApplicationGroup',
    optionalClaims: { idToken: [claim('sid')] },
    appRoles: [role],
  }
  app = (await post('/applications', wish)).body
  secret = (await post(`/applications/${app.id}/addPassword`, {})).body.secretText
})

/** The app stands in the tenant, and an administrator consented to what it asks for. */
async function standing(more: object = {}, consented = scope) {
  principal = (await post('/servicePrincipals', { appId: app.appId, ...more })).body
  const resourceId = graphOf(tenant).id
  const wish = { clientId: principal.id, consentType: 'AllPrincipals', principalId: null, resourceId, scope: consented }
  await post('/oauth2PermissionGrants', wish)
}

const assign = (principalId: string, appRoleId = noRole) =>
  post(`/servicePrincipals/${principal.id}/appRoleAssignedTo`, { principalId, resourceId: principal.id, appRoleId })

const asked = (more: Query = {}): Query => ({ client_id: app.appId, redirect_uri: redirect, scope, ...more })
const arrive = (person: string, more: Query = {}) => openBrowser(tenant).signIn(person, asked(more))
/** The page that a request for an app meets before anybody signs in. */
const pageFor = async (more: Query = {}) => (await openBrowser(tenant).authorize(asked(more))).text
const own = () => ({ client_id: app.appId, client_secret: secret })
const tokens = async (person: string) => redeem(tenant, await arrive(person), { ...own(), redirect_uri: redirect })
const ofItself = async (form: Query = own()) =>
  callToken(tenant, { grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default', ...form })

test('an app that was just registered is not found until it stands in the tenant', async () => {
  expect(await pageFor()).toContain('AADSTS700016')
  expect((await ofItself()).body.error_codes).toEqual([700016])
  await standing()
  expect(claimsIn(await tokens('alice'))).toMatchObject({ aud: app.appId, name: 'Alice Lindqvist' })
})

test('people have another subject at each app', async () => {
  await standing()
  expect(claimsIn(await tokens('alice')).sub).not.toBe(claimsIn(await tokensOf(tenant, 'alice')).sub)
})

test('an app that is switched off lets nobody in, and gets nothing for itself', async () => {
  await standing({ accountEnabled: false })
  expect((await arrive('alice')).text).toContain('AADSTS7000112')
  expect((await ofItself()).body.error_codes).toEqual([7000112])
})

test('only the addresses of the registration are taken, as they are now', async () => {
  await standing()
  expect(await pageFor({ redirect_uri: 'http://localhost/auth/callback' })).toContain('AADSTS50011')
  await patch(`/applications/${app.id}`, { web: { redirectUris: ['https://moved.example/'] } })
  expect(await pageFor()).toContain('AADSTS50011')
  expect(membersOf(await arrive('alice', { redirect_uri: 'https://moved.example/' }))).toHaveProperty('code')
})

test('a sign-out tells the app, and leads back to its address', async () => {
  await standing()
  const browser = openBrowser(tenant)
  await browser.signIn('alice', asked())
  const page = await browser.signOut({ post_logout_redirect_uri: signedOut }, { account: 'alice' })
  expect(page.text).toContain('<iframe src="https://other.example/front-channel?sid=')
  expect(page.text).toContain(`<a href="${signedOut}">`)
})

test('a secret of another app is none, and one that was taken away no longer is', async () => {
  await standing()
  expect((await ofItself({ ...own(), client_secret: tenant.clientSecret })).body.error_codes).toEqual([7000215])
  expect((await ofItself()).status).toBe(200)
  const [{ keyId }] = (await get(`/applications/${app.id}`)).body.passwordCredentials
  await post(`/applications/${app.id}/removePassword`, { keyId })
  expect((await ofItself()).body.error_codes).toEqual([7000215])
})

describe('an app proves itself', () => {
  const assertionOf = (claims: object, header: object = {}) =>
    new SignJWT({ jti: randomUUID(), nbf: 1_772_452_800, exp: 1_772_453_100, ...claims })
      .setProtectedHeader({ alg: 'RS256', ...header })
      .sign(made.privateKey)
  const bringing = (client_assertion: string) => ({
    client_id: app.appId,
    client_secret: undefined,
    client_assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  })

  test('with the certificate that Graph was given', async () => {
    await standing()
    const { raw } = new X509Certificate(made.certificate)
    const key = raw.toString('base64')
    await patch(`/applications/${app.id}`, { keyCredentials: [{ type: 'AsymmetricX509Cert', usage: 'Verify', key }] })
    const thumbprint = createHash('sha256').update(raw).digest('base64url')
    const aud = `${tenant.origin}/${tenant.tenantId}/oauth2/v2.0/token`
    const assertion = await assertionOf({ aud, iss: app.appId, sub: app.appId }, { 'x5t#S256': thumbprint })
    expect((await ofItself(bringing(assertion))).status).toBe(200)
  })

  test('with a token of the issuer that Graph was told of', async () => {
    await standing()
    const record = { name: 'cluster', issuer: 'https://cluster.example/', subject: 'app', audiences: ['api://x'] }
    await post(`/applications/${app.id}/federatedIdentityCredentials`, record)
    tenant.applications.issuers.set(record.issuer, made.publicKey)
    const said = (sub: string) => assertionOf({ iss: record.issuer, sub, aud: 'api://x' })
    expect((await ofItself(bringing(await said('app')))).status).toBe(200)
    expect((await ofItself(bringing(await said('other')))).body.error_codes).toEqual([70021])
  })
})

describe('a token of a person', () => {
  test('names the assigned groups alone, when the registration says so', async () => {
    await standing()
    expect(claimsIn(await tokens('alice')).groups).toBeUndefined()
    await assign(tenant.groups.access)
    expect(claimsIn(await tokens('alice')).groups).toEqual([tenant.groups.access])
    await patch(`/applications/${app.id}`, { groupMembershipClaims: 'SecurityGroup' })
    expect(claimsIn(await tokens('alice')).groups).toEqual([tenant.groups.staff, tenant.groups.access])
    await patch(`/applications/${app.id}`, { groupMembershipClaims: null })
    expect(claimsIn(await tokens('alice')).groups).toBeUndefined()
  })

  test('names the roles of the app, of a group and of the person', async () => {
    await standing()
    await assign(tenant.groups.access, nothing)
    expect([claimsIn(await tokens('alice')).roles, claimsIn(await tokens('ben')).roles]).toEqual([
      ['Other.Run'],
      undefined,
    ])
  })

  test('has the optional claims of the registration and no others', async () => {
    await standing()
    const claims = claimsIn(await tokens('alice'))
    expect([claims.sid, claims.login_hint, claims.auth_time]).toEqual([expect.any(String), undefined, undefined])
    await patch(`/applications/${app.id}`, { optionalClaims: { idToken: [claim('auth_time')] } })
    const { sid, auth_time } = claimsIn(await tokens('alice'))
    expect([sid, auth_time]).toEqual([undefined, expect.any(Number)])
  })
})

describe('where assignment is required', () => {
  test('only people of an assigned group come in, and Global Administrators', async () => {
    await standing({ appRoleAssignmentRequired: true })
    expect((await arrive('alice')).text).toContain('AADSTS50105')
    expect(membersOf(await arrive('ada'))).toHaveProperty('code')
    await assign(tenant.groups.access)
    expect(membersOf(await arrive('alice'))).toHaveProperty('code')
    expect((await arrive('oskar')).text).toContain('AADSTS50105')
  })
})

describe('without consent', () => {
  test('of an administrator nobody comes in', async () => {
    await standing({}, 'openid profile offline_access')
    expect((await arrive('alice')).text).toContain('AADSTS90094')
    const silent = await openBrowser(tenant).signIn('alice', asked({ scope: 'openid profile' }))
    expect(membersOf(silent)).toHaveProperty('code')
  })

  test('a permission that is asked for later is refused, and consent lets it through', async () => {
    await standing()
    const first = await tokens('alice')
    const again = { ...own(), grant_type: 'refresh_token', refresh_token: first.body.refresh_token }
    const more = { ...again, scope: `${scope} GroupMember.Read.All` }
    expect((await callToken(tenant, more)).body.error_codes).toEqual([65001])
    const [grant] = tenant.applications.grants.all().slice(-1)
    await patch(`/oauth2PermissionGrants/${grant?.id}`, { scope: more.scope })
    expect((await callToken(tenant, more)).body.scope).toContain('GroupMember.Read.All')
  })

  test('of one person nobody else comes in', async () => {
    await standing({}, 'openid profile')
    const principalId = tenant.people.find(({ key }) => key === 'alice')?.oid
    const wish = {
      clientId: principal.id,
      consentType: 'Principal',
      principalId,
      resourceId: graphOf(tenant).id,
      scope,
    }
    expect((await post('/oauth2PermissionGrants', wish)).status).toBe(201)
    expect(membersOf(await arrive('alice'))).toHaveProperty('code')
    expect((await arrive('ben')).text).toContain('AADSTS90094')
  })
})

test('a token of the app itself holds the application permissions that it was given', async () => {
  await standing()
  const ask = async () => callGraph(tenant, '/applications', { token: (await ofItself()).body.access_token })
  expect((await ask()).status).toBe(403)
  const resourceId = graphOf(tenant).id
  const appRoleId = '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30'
  await post(`/servicePrincipals/${principal.id}/appRoleAssignments`, {
    principalId: principal.id,
    resourceId,
    appRoleId,
  })
  expect((await ask()).status).toBe(200)
})
