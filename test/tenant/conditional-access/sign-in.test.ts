import { describe, expect, test } from 'vitest'
import { openTenant } from '../open-tenant.ts'
import { claimsIn, openBrowser, redeem, refresh } from '../sign-in/browser.ts'
import { changePolicy, multifactor, operate } from './kit.ts'

const { tenant } = await openTenant()
const asking = (value = 'c1') => ({ claims: JSON.stringify({ id_token: { acrs: { essential: true, value } } }) })
type Method = 'password' | 'code' | 'passkey'

/** The contexts of the token, or undefined where the tenant asks for a stronger sign-in. */
async function signIn(person: string, method: Method, context = 'c1'): Promise<string[] | undefined> {
  const browser = openBrowser(tenant)
  const arrival = await browser.choose(await browser.authorize(asking(context)), { person, method })
  return arrival.location === undefined ? undefined : claimsIn(await redeem(tenant, arrival)).acrs
}

const grant = (id: string) => ({
  operator: 'OR',
  builtInControls: [],
  customAuthenticationFactors: [],
  termsOfUse: [],
  authenticationStrength: { id },
})

function changeUsers(users: object): void {
  const [policy] = tenant.conditionalAccess.policies.all()
  changePolicy(tenant, { conditions: { ...policy?.conditions, users: { ...policy?.conditions.users, ...users } } })
}

test('the policy of the usual tenant takes a passkey, and nothing that a cheat could ask for', async () => {
  expect(await signIn('ben', 'password')).toBeUndefined()
  expect(await signIn('ben', 'code')).toBeUndefined()
  expect(await signIn('ben', 'passkey')).toEqual(['c1'])
})

test('a weaker strength is met by two factors, not by one', async () => {
  changePolicy(tenant, { grantControls: grant(multifactor) })
  expect(await signIn('ben', 'password')).toBeUndefined()
  expect(await signIn('ben', 'code')).toEqual(['c1'])
})

test('the control mfa is met by two factors, block by nothing', async () => {
  changePolicy(tenant, { grantControls: { ...grant(''), builtInControls: ['mfa'], authenticationStrength: null } })
  expect(await signIn('ben', 'password')).toBeUndefined()
  expect(await signIn('ben', 'code')).toEqual(['c1'])
  changePolicy(tenant, { grantControls: { ...grant(''), builtInControls: ['block'], authenticationStrength: null } })
  expect(await signIn('ben', 'passkey')).toBeUndefined()
})

test('with AND every control must be met, with OR one', async () => {
  const controls = { ...grant(''), builtInControls: ['mfa', 'compliantDevice'], authenticationStrength: null }
  changePolicy(tenant, { grantControls: { ...controls, operator: 'AND' } })
  expect(await signIn('ben', 'passkey')).toBeUndefined()
  changePolicy(tenant, { grantControls: controls })
  expect(await signIn('ben', 'passkey')).toEqual(['c1'])
})

test.each(['disabled', 'enabledForReportingButNotEnforced'])('a policy that is %s proves nothing', async state => {
  changePolicy(tenant, { state })
  expect(await signIn('ben', 'password')).toEqual(['c1'])
})

test('a context that was deleted, or never was, proves nothing', async () => {
  expect(await signIn('ben', 'password', 'c2')).toEqual(['c2'])
})

describe('a policy is about', () => {
  test('nobody who is left out by name or by group, whoever is included', async () => {
    changeUsers({ excludeUsers: [tenant.people.find(({ key }) => key === 'ben')?.oid] })
    expect(await signIn('ben', 'password')).toEqual(['c1'])
    changeUsers({ excludeUsers: [], excludeGroups: [tenant.groups.access] })
    expect(await signIn('alice', 'password')).toEqual(['c1'])
    expect(await signIn('ben', 'password')).toBeUndefined()
  })

  test('the members of a group at this moment: who is to turn it on is not one yet', async () => {
    changeUsers({ includeUsers: [], includeGroups: [tenant.groups.access] })
    expect(await signIn('alice', 'password')).toBeUndefined()
    expect(await signIn('ben', 'password')).toEqual(['c1'])
    tenant.assign('ben', { minutes: 30, reason: 'report' })
    expect(await signIn('ben', 'password')).toBeUndefined()
  })

  test('nobody in a group that was made through Graph and is left out', async () => {
    const body = { displayName: 'Left out', mailEnabled: false, mailNickname: 'left-out', securityEnabled: true }
    const { id } = (await operate(tenant, '/groups', { method: 'POST', body })).body
    changeUsers({ excludeGroups: [id] })
    expect(await signIn('ben', 'password')).toBeUndefined()
    const ben = tenant.people.find(({ key }) => key === 'ben')?.oid
    const reference = { '@odata.id': `${tenant.graphBase}/directoryObjects/${ben}` }
    await operate(tenant, `/groups/${id}/members/$ref`, { method: 'POST', body: reference })
    expect(await signIn('ben', 'password')).toEqual(['c1'])
  })

  test('guests, or who holds a role, where it says so', async () => {
    changeUsers({ includeUsers: ['GuestsOrExternalUsers'] })
    expect(await signIn('guido', 'password')).toBeUndefined()
    expect(await signIn('ben', 'password')).toEqual(['c1'])
    changeUsers({ includeUsers: [], includeRoles: ['62e90394-69f5-4237-9190-012177145e10'] })
    expect(await signIn('ada', 'password')).toBeUndefined()
    expect(await signIn('ben', 'password')).toEqual(['c1'])
  })
})

describe('a policy that wants a sign-in each time', () => {
  const everyTime = { signInFrequency: { isEnabled: true, frequencyInterval: 'everyTime' } }

  test('asks again although a passkey was used before', async () => {
    changePolicy(tenant, { sessionControls: everyTime })
    const browser = openBrowser(tenant)
    await browser.choose(await browser.authorize(), { person: 'ben', method: 'passkey' })
    const page = await browser.authorize(asking())
    expect(page.text).toContain('Use the passkey')
    expect(claimsIn(await redeem(tenant, await browser.choose(page, { method: 'passkey' }))).acrs).toEqual(['c1'])
  })

  test('is met by no refresh', async () => {
    changePolicy(tenant, { sessionControls: everyTime })
    const browser = openBrowser(tenant)
    const first = await redeem(
      tenant,
      await browser.choose(await browser.authorize(asking()), { person: 'ben', method: 'passkey' }),
    )
    expect((await refresh(tenant, first, asking())).body.error_codes).toEqual([50076])
    expect((await refresh(tenant, first)).status).toBe(200)
  })
})

test('the switch stands in the place of all policies', async () => {
  tenant.set({ contextsWithPolicy: ['c2'] })
  expect(await signIn('ben', 'password')).toEqual(['c1'])
  expect(await signIn('ben', 'password', 'c2')).toBeUndefined()
})
