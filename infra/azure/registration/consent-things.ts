import type { AppRoleAssignment, OAuth2PermissionGrant } from '@microsoft/microsoft-graph-types'
import type { Known } from '../model/known.ts'
import type { Thing } from '../model/thing.ts'
import { permissionsOf } from '../permissions/parts.ts'
import type { Given } from '../run/given.ts'
import type { ReadItself } from './graph-itself.ts'
import { featuresOf } from './wished-registration.ts'

const joined = (before: unknown, wished: readonly string[]): string[] =>
  [...new Set([...((before as string[] | undefined) ?? []), ...wished])].toSorted()
const beside = (before: unknown, wished: readonly string[]): string[] =>
  (before as string[]).filter(name => !wished.includes(name))

/** Consent for everybody to the delegated permissions: people cannot consent themselves while assignment is required. */
export function delegatedConsentThing({ graph, wish }: Given, readItself: ReadItself): Thing {
  const wished: string[] = permissionsOf(featuresOf(wish), 'delegated')

  async function find(known: Known): Promise<OAuth2PermissionGrant | undefined> {
    const { id } = await readItself(known)
    const filter = encodeURIComponent(`clientId eq '${known.servicePrincipal}'`)
    const rows = await graph.list<OAuth2PermissionGrant>(`/oauth2PermissionGrants?$filter=${filter}`)
    return rows.find(({ consentType, resourceId }) => consentType === 'AllPrincipals' && resourceId === id)
  }

  return {
    object: `consent to delegated permissions of ${wish.name}`,
    async read(known) {
      const found = known.servicePrincipal === undefined ? undefined : await find(known)
      return found && scopesIn(found).toSorted()
    },
    after: (_known, before) => joined(before, wished),
    async write(known, before) {
      const found = await find(known)
      if (found) {
        const scope = joined(scopesIn(found), wished).join(' ')
        await graph.patch(`/oauth2PermissionGrants/${found.id}`, { scope })
        return
      }
      const { id: resourceId } = await readItself(known)
      const consent = { clientId: known.servicePrincipal, consentType: 'AllPrincipals', principalId: null, resourceId }
      const body = { ...consent, scope: joined(before, wished).join(' ') }
      await graph.create({ path: '/oauth2PermissionGrants', body, find: () => find(known), isUnique: true })
    },
    leaves: (_known, before) =>
      beside(before, wished).map(name => `the consent to the delegated permission ${name}, which nothing here needs`),
  }
}

const scopesIn = ({ scope }: OAuth2PermissionGrant): string[] => (scope ?? '').split(' ').filter(Boolean)

/** Consent to the application permissions, each an assignment of Graph's own role to the application. */
export function applicationConsentThing({ graph, wish }: Given, readItself: ReadItself): Thing {
  const wished: string[] = permissionsOf(featuresOf(wish), 'application')

  async function held(known: Known): Promise<string[]> {
    const itself = await readItself(known)
    const rows = await graph.list<AppRoleAssignment>(`/servicePrincipals/${known.servicePrincipal}/appRoleAssignments`)
    const ofGraph = rows.filter(({ resourceId }) => resourceId === itself.id)
    return ofGraph.map(({ appRoleId }) => itself.nameOf(String(appRoleId), 'application')).toSorted()
  }

  async function grant(known: Known, name: string): Promise<void> {
    const { id: resourceId, idOf } = await readItself(known)
    await graph.create({
      path: `/servicePrincipals/${resourceId}/appRoleAssignedTo`,
      body: { principalId: known.servicePrincipal, resourceId, appRoleId: idOf(name, 'application') },
      find: async () => ((await held(known)).includes(name) ? {} : undefined),
      isUnique: true,
    })
  }

  return {
    object: `consent to application permissions of ${wish.name}`,
    async read(known) {
      if (known.servicePrincipal === undefined) return undefined
      const names = await held(known)
      return names.length > 0 ? names : undefined
    },
    after: (_known, before) => joined(before, wished),
    async write(known) {
      const present = await held(known)
      for (const name of wished) if (!present.includes(name)) await grant(known, name)
    },
    leaves: (_known, before) =>
      beside(before, wished).map(name => `the consent to the application permission ${name}, which nothing here needs`),
  }
}
