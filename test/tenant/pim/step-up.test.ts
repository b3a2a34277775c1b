import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { everyScope } from '../open-tenant.ts'
import { claimsIn, membersOf, openBrowser, redeem, refresh } from '../sign-in/browser.ts'
import { activation, asking, post, refusalIn, scopes, strongToken, weakToken } from './kit.ts'

const tenant = await startTenant({ permitted: { delegated: everyScope } })
afterEach(() => tenant.reset())
afterAll(() => tenant.close())
const scope = `openid profile offline_access ${scopes.assignments}`
const challenge = {
  status: 400,
  code: 'RoleAssignmentRequestAcrsValidationFailed',
  message:
    '&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%20%22value%22%3A%22c1%22%7D%7D%7D',
}
const turnOn = (token: string, key = 'ben') => post(tenant, token, activation(tenant, key))

async function signedIn(method: 'password' | 'passkey', query: Record<string, string> = {}) {
  const browser = openBrowser(tenant)
  const page = await browser.authorize({ scope, ...query })
  return { browser, arrival: await browser.choose(page, { person: 'ben', method }) }
}

describe('a demand for the authentication context', () => {
  test.each(['plain', 'wrapped'] as const)('comes percent-encoded in the message, %s', async graphEnvelope => {
    tenant.set({ graphEnvelope })
    const reply = await turnOn(await weakToken(tenant, 'ben'))
    expect(reply.body.error.code === 'UnknownError').toBe(graphEnvelope === 'wrapped')
    expect(refusalIn(reply)).toEqual(challenge)
    expect(reply.headers.get('www-authenticate')).toBeNull()
  })

  test('is met by the token that was asked for with it, and by no older one', async () => {
    const { browser, arrival } = await signedIn('passkey')
    const older = (await redeem(tenant, arrival)).body.access_token
    expect(refusalIn(await turnOn(older))).toEqual(challenge)
    const again = await browser.authorize({ scope, ...asking('c1') })
    const newer = (await redeem(tenant, again)).body.access_token
    expect(refusalIn(await turnOn(older))).toEqual(challenge)
    expect((await turnOn(newer)).status).toBe(201)
  })

  test('asks for the passkey after a password', async () => {
    const { browser, arrival } = await signedIn('password', asking('c1'))
    expect(arrival.text).toContain('Use the passkey')
    const reply = await redeem(tenant, await browser.choose(arrival, { method: 'passkey' }))
    expect((await turnOn(reply.body.access_token)).status).toBe(201)
  })

  test('can be cancelled, and is interaction_required where no page may be shown', async () => {
    const { browser, arrival } = await signedIn('password')
    await redeem(tenant, arrival)
    const silent = await browser.authorize({ scope, ...asking('c1'), prompt: 'none' })
    expect(membersOf(silent)).toMatchObject({ error: 'interaction_required' })
    const cancelled = await browser.choose(await browser.authorize({ scope, ...asking('c1') }), { cancel: '1' })
    expect(membersOf(cancelled)).toMatchObject({ error: 'access_denied', error_subcode: 'cancel' })
  })

  test('leaves the ID token alone, which has a context only for itself', async () => {
    const { arrival } = await signedIn('passkey', asking('c1'))
    expect(claimsIn(await redeem(tenant, arrival))).not.toHaveProperty('acrs')
    const { arrival: other } = await signedIn('passkey', {
      claims: JSON.stringify({ id_token: { acrs: { essential: true, value: 'c1' } } }),
    })
    const reply = await redeem(tenant, other)
    expect(claimsIn(reply).acrs).toEqual(['c1'])
    expect(refusalIn(await turnOn(reply.body.access_token))).toEqual(challenge)
  })

  test('is met by a refresh that asks for it, where the passkey was used, and not carried over', async () => {
    const strong = await redeem(tenant, (await signedIn('passkey')).arrival)
    const asked = await refresh(tenant, strong, asking('c1'))
    expect((await turnOn((await refresh(tenant, asked)).body.access_token)).status).toBe(400)
    expect((await turnOn(asked.body.access_token)).status).toBe(201)
    const weak = await redeem(tenant, (await signedIn('password')).arrival)
    expect((await refresh(tenant, weak, asking('c1'))).body).toMatchObject({ error_codes: [50076] })
  })

  test('is not met by another context, nor by somebody else’s token', async () => {
    expect(refusalIn(await turnOn(await strongToken(tenant, 'ben', 'c2')))).toEqual(challenge)
    expect((await turnOn(await strongToken(tenant, 'ada'))).status).toBe(403)
  })

  test('for a context that no policy is on is one for two factors in its place', async () => {
    tenant.setPolicy({ context: 'c7' })
    const browser = openBrowser(tenant)
    const reply = await redeem(tenant, await browser.signIn('ben', { scope, ...asking('c7') }))
    expect(refusalIn(await turnOn(reply.body.access_token)).message).toContain('MfaRule')
    expect((await turnOn(await strongToken(tenant, 'ben', 'c1'))).status).toBe(201)
  })

  test('for a context whose only policy is switched off is met unasked, and nothing is asked in its place', async () => {
    const [policy] = tenant.conditionalAccess.policies.all()
    if (policy) tenant.conditionalAccess.policies.put({ ...policy, state: 'disabled' })
    const reply = await redeem(tenant, await openBrowser(tenant).signIn('ben', { scope, ...asking('c1') }))
    expect((await turnOn(reply.body.access_token)).status).toBe(201)
  })

  test('is not made when the policy names none', async () => {
    tenant.setPolicy({ context: false })
    expect((await turnOn(await weakToken(tenant, 'ben'))).status).toBe(201)
  })

  test('can take cp1 as well', async () => {
    tenant.set({ demandsCp1: true })
    expect(refusalIn(await turnOn(await strongToken(tenant, 'ben')))).toEqual(challenge)
    const declared = await strongToken(tenant, 'ben', 'c1', { xms_cc: { values: ['cp1'] } })
    expect((await turnOn(declared)).status).toBe(201)
  })

  test('can come back for ever', async () => {
    tenant.set({ acrsNeverEnough: true })
    expect(refusalIn(await turnOn(await strongToken(tenant, 'ben')))).toEqual(challenge)
  })
})

test('where MFA is a rule, a password is not enough and a passkey is', async () => {
  tenant.setPolicy({ context: false, mfa: true })
  const refused = refusalIn(await turnOn(await weakToken(tenant, 'ben')))
  expect(refused.message).toBe('The following policy rules failed: ["MfaRule"]')
  const { arrival } = await signedIn('passkey')
  expect((await turnOn((await redeem(tenant, arrival)).body.access_token)).status).toBe(201)
})
