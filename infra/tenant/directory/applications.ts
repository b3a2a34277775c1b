import type { KeyObject } from 'node:crypto'
import { createObjects } from './objects.ts'
import { consentFor, declared, type Permitted, permissionOf } from './registered/consent.ts'
import { graphItself } from './registered/graph-itself.ts'
import { followed } from './registered/new-rows.ts'
import type {
  Application,
  AppRoleAssignment,
  FederatedCredential,
  Grant,
  Ownership,
  ServicePrincipal,
} from './registered/rows.ts'
import { type SeedWish, seeded } from './registered/seeded.ts'

export type Applications = ReturnType<typeof createApplications>

type Parts = { clock: () => Date; lagSeconds: () => number; seed: SeedWish | undefined }

/**
 * The apps that are registered in the tenant, the apps as they stand in it (service principals), who and what is assigned
 * to them, and what was consented to. Without a seed there is Microsoft Graph alone.
 */
export function createApplications({ clock, lagSeconds, seed }: Parts) {
  const kept = { clock, lagSeconds }
  const applications = createObjects<Application>(kept)
  const servicePrincipals = createObjects<ServicePrincipal>(kept)
  const roleAssignments = createObjects<AppRoleAssignment>(kept)
  const grants = createObjects<Grant>(kept)
  const owners = createObjects<Ownership>(kept)
  const federated = createObjects<FederatedCredential>(kept)
  /** The values of client secrets, by their key ids: Graph shows them once. */
  const secrets = new Map<string, string>()
  /** The keys with which issuers outside sign their tokens. */
  const issuers = new Map<string, KeyObject>()
  reset()

  /** The registration with this client id, as it truly is. */
  const registered = (appId: string): Application | undefined =>
    applications.all().find(each => each.appId === appId.toLowerCase())

  /** The service principal with this client id, as it truly is. */
  const principal = (appId: string): ServicePrincipal | undefined =>
    servicePrincipals.all().find(each => each.appId === appId.toLowerCase())

  /** Keeps a registration, new or changed. Its service principal follows. */
  function save(application: Application): Application {
    const follower = principal(application.appId)
    if (follower) servicePrincipals.put(followed(follower, application))
    return applications.put(application)
  }

  /** Changes a registration. Throws when there is none with the client id. */
  function change(appId: string, wish: Partial<Application>): Application {
    const before = registered(appId)
    if (!before) throw new Error(`no app is registered with the client id ${appId}`)
    return save({ ...before, ...wish } as Application)
  }

  /** Changes a service principal. Throws when there is none with the client id. */
  function changePrincipal(appId: string, wish: Partial<ServicePrincipal>): ServicePrincipal {
    const before = principal(appId)
    if (!before) throw new Error(`no service principal has the client id ${appId}`)
    return servicePrincipals.put({ ...before, ...wish } as ServicePrincipal)
  }

  /** Declares these permissions of Graph, and consents to them, in the place of those of before. A kind that is left out stays. */
  function permit(appId: string, wish: Partial<Permitted>): void {
    const client = principal(appId)
    if (!client) throw new Error(`no service principal has the client id ${appId}`)
    const permitted = { ...permittedTo(appId), ...wish }
    change(appId, { requiredResourceAccess: declared(permitted) })
    for (const { id } of permissionsHeld(client)) roleAssignments.remove(id)
    const now = clock().toISOString()
    for (const name of permitted.application) roleAssignments.put(permissionOf(client, name, now))
    const old = grants.all().find(({ clientId, consentType }) => clientId === client.id && consentType !== 'Principal')
    grants.put(consentFor(client, permitted.delegated, old?.id))
  }

  /** The permissions of Graph that an administrator consented to, by name. */
  function permittedTo(appId: string): Permitted {
    const client = principal(appId)
    const forAll = grants.all().filter(grant => grant.clientId === client?.id && grant.consentType === 'AllPrincipals')
    const roles = client ? permissionsHeld(client).map(({ appRoleId }) => appRoleId) : []
    return {
      delegated: forAll.flatMap(({ scope }) => scope.split(' ').filter(Boolean)),
      application: graphItself.appRoles.flatMap(({ id, value }) => (roles.includes(id) && value ? [value] : [])),
    }
  }

  const permissionsHeld = (client: ServicePrincipal): AppRoleAssignment[] =>
    roleAssignments.all().filter(each => each.principalId === client.id && each.resourceId === graphItself.id)

  function reset(): void {
    const start = seed && seeded(seed, clock())
    applications.reset(start && [start.application])
    servicePrincipals.reset([graphItself, ...(start ? [start.principal] : [])])
    roleAssignments.reset(start?.roleAssignments)
    grants.reset(start?.grants)
    owners.reset(start?.owners)
    federated.reset()
    secrets.clear()
    issuers.clear()
  }

  return {
    applications,
    servicePrincipals,
    roleAssignments,
    grants,
    owners,
    federated,
    secrets,
    issuers,
    registered,
    principal,
    save,
    change,
    changePrincipal,
    permit,
    permittedTo,
    reset,
  }
}
