import { expect, test } from 'vitest'
import { gatesWished } from '../wished.ts'
import { atTenant, fresh } from './at-tenant.ts'

type At = Awaited<ReturnType<typeof atTenant>>

/** Little, so that there are few requests: two groups to assign, one of them with a role, and one permission. */
const wish = fresh({
  features: {},
  gates: gatesWished({ members: { selfService: undefined, role: 'Payments.Access' } }).slice(0, 1),
})

/** How many there are of everything that a second run could make twice. */
async function counted(at: At) {
  const { application, servicePrincipal } = await at.apply(wish)
  const many = async (path: string) => (await at.graph().list<object>(path)).length
  const { passwordCredentials = [] } = await at.ask<{ passwordCredentials?: object[] }>(
    `/applications/${application?.id}`,
  )
  return {
    registrations: await many("/applications?$filter=displayName eq 'Fresh'"),
    principals: await many("/servicePrincipals?$filter=displayName eq 'Fresh'"),
    assigned: await many(`/servicePrincipals/${servicePrincipal}/appRoleAssignedTo`),
    permissions: await many(`/servicePrincipals/${servicePrincipal}/appRoleAssignments`),
    consents: await many(`/oauth2PermissionGrants?$filter=clientId eq '${servicePrincipal}'`),
    secrets: passwordCredentials.length,
    shown: at.printed.length,
  }
}
/** The change that makes the secret comes after so many others. */
const last = 6
const once = { registrations: 1, principals: 1, assigned: 2, permissions: 1, consents: 1, secrets: 1, shown: 1 }
/** A secret whose answer was lost is known to nobody: there is another one, and that one was shown. */
const lostSecret = { ...once, secrets: 2 }

test.each(['before it is sent', 'before its answer'] as const)(
  'after an interruption at any change, %s, a second run finishes and makes nothing twice',
  async when => {
    const changes: number[] = []
    for (let after = 0; ; after++) {
      await using at = await atTenant()
      at.network.cut(after, when)
      const failed = await at.apply(wish).then(
        () => false,
        () => true,
      )
      const isGone = at.network.isGone()
      at.network.mend()
      expect({ after, ...(await counted(at)) }).toEqual({
        after,
        ...(when === 'before its answer' && after === last ? lostSecret : once),
      })
      expect((await at.plan(wish)).lines).toEqual([])
      if (!isGone) break
      expect(failed).toBe(true)
      changes.push(after)
    }
    expect(changes.length).toBeGreaterThanOrEqual(7)
  },
)
