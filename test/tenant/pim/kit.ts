import type { Tenant } from '../../../infra/tenant/start.ts'
import { callGraph, oidOf, personToken } from '../graph/kit.ts'
import { openBrowser, redeem } from '../sign-in/browser.ts'

export const pim = '/identityGovernance/privilegedAccess/group'
export const requests = `${pim}/assignmentScheduleRequests`
export const scopes = {
  assignments: 'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
  readAssignments: 'PrivilegedAssignmentSchedule.Read.AzureADGroup',
  removeAssignments: 'PrivilegedAssignmentSchedule.Remove.AzureADGroup',
  eligibility: 'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
  readEligibility: 'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  policies: 'RoleManagementPolicy.ReadWrite.AzureADGroup',
  readPolicies: 'RoleManagementPolicy.Read.AzureADGroup',
}
const all = Object.values(scopes).join(' ')

/** What somebody may do at PIM through the app, after a password. */
export const weakToken = (tenant: Tenant, key: string, wanted = all) => personToken(tenant, key, wanted)

export const asking = (value: string, more: object = {}) => ({
  claims: JSON.stringify({ access_token: { acrs: { essential: true, value }, ...more } }),
})

/** The same after a passkey, with the authentication context in the token. */
export async function strongToken(tenant: Tenant, key: string, context = 'c1', more: object = {}): Promise<string> {
  const browser = openBrowser(tenant)
  const page = await browser.authorize({ scope: `openid profile offline_access ${all}`, ...asking(context, more) })
  return (await redeem(tenant, await browser.choose(page, { person: key, method: 'passkey' }))).body.access_token
}

/** The body with which somebody activates for two hours, with whatever is to be different. */
export function activation(tenant: Tenant, key: string, { duration = 'PT2H', start, ...more }: Wish = {}) {
  return {
    accessId: 'member',
    groupId: tenant.groups.access,
    principalId: oidOf(tenant, key),
    action: 'selfActivate',
    justification: 'quarterly report',
    scheduleInfo: { startDateTime: start ?? null, expiration: { type: 'afterDuration', duration } },
    ...more,
  }
}
type Wish = { duration?: string; start?: string } & Record<string, unknown>

export function deactivation(tenant: Tenant, key: string) {
  const { accessId, groupId, principalId } = activation(tenant, key)
  return { accessId, groupId, principalId, action: 'selfDeactivate', justification: 'done early' }
}

export const post = (tenant: Tenant, token: string, body: unknown, path = requests) =>
  callGraph(tenant, path, { token, method: 'POST', body })

/** The code and message of a refusal, in either envelope. */
export function refusalIn({ status, body }: { status: number; body: { error?: { code: string; message: string } } }) {
  const { code = '', message = '' } = body.error ?? {}
  if (code !== 'UnknownError') return { status, code, message }
  const inner = JSON.parse(message)
  return { status, code: inner.errorCode as string, message: inner.message as string }
}
