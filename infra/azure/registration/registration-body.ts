import { createHash } from 'node:crypto'
import type { Application, AppRole, RequiredResourceAccess } from '@microsoft/microsoft-graph-types'
import { graphAppId } from '../permissions/graph-permissions.ts'
import { appRoleId } from './app-role.ts'
import type { Registration } from './find-registration.ts'
import type { GraphItself } from './graph-itself.ts'
import type { RegistrationView } from './registration-view.ts'

/**
 * What is sent to make a registration as the view says. Graph replaces whole lists, so what stands in them (`old`) goes
 * along as it is.
 */
export function registrationBody(view: RegistrationView, itself: GraphItself, old?: Registration): Application {
  return {
    // Graph refuses a second registration of one unique name, so that an interrupted run makes no second one.
    ...(old === undefined && { displayName: view.name, uniqueName: uniqueNameOf(view.name) }),
    signInAudience: view.signIn,
    groupMembershipClaims: view.groupClaims,
    web: {
      redirectUris: view.redirectUris,
      logoutUrl: view.logoutUrl,
      homePageUrl: view.homePageUrl,
      implicitGrantSettings: { enableIdTokenIssuance: false, enableAccessTokenIssuance: false },
    },
    optionalClaims: {
      accessToken: old?.optionalClaims?.accessToken ?? [],
      saml2Token: old?.optionalClaims?.saml2Token ?? [],
      idToken: view.optionalClaims.map(
        name =>
          old?.optionalClaims?.idToken?.find(claim => claim.name === name) ?? {
            name,
            source: null,
            essential: false,
            additionalProperties: [],
          },
      ),
    },
    appRoles: rolesFor(view, old),
    requiredResourceAccess: accessFor(view, itself, old),
  }
}

const uniqueNameOf = (name: string): string =>
  `gatehouse-${createHash('sha256').update(name).digest('hex').slice(0, 24)}`

/** Roles of before stay as they are, disabled ones too: an enabled role cannot be changed. */
function rolesFor({ roles }: RegistrationView, old?: Registration): AppRole[] {
  // Graph shows where a role comes from, and does not take that back.
  const before = (old?.appRoles ?? []).map(({ origin: _, ...role }) => role)
  const isMissing = (value: string) => !before.some(role => role.value === value)
  return [
    ...before.map(role => (role.value && roles.includes(role.value) ? { ...role, isEnabled: true } : role)),
    ...roles.filter(isMissing).map(value => ({
      id: appRoleId(value),
      value,
      displayName: value,
      description: `Passes the gate that asks for ${value}`,
      allowedMemberTypes: ['User'],
      isEnabled: true,
    })),
  ]
}

/** Permissions of other resources than Graph stay. */
function accessFor(view: RegistrationView, itself: GraphItself, old?: Registration): RequiredResourceAccess[] {
  const isGraph = ({ resourceAppId }: RequiredResourceAccess) => resourceAppId === graphAppId
  const before = old?.requiredResourceAccess ?? []
  const known = before.filter(isGraph).flatMap(({ resourceAccess }) => resourceAccess ?? [])
  const wanted = [
    ...view.delegatedPermissions.map(name => ({ id: idIn(name, 'delegated', itself), type: 'Scope' })),
    ...view.applicationPermissions.map(name => ({ id: idIn(name, 'application', itself), type: 'Role' })),
  ]
  const isNew = ({ id, type }: { id: string; type: string }) =>
    !known.some(each => each.id?.toLowerCase() === id.toLowerCase() && each.type === type)
  return [
    ...before.filter(each => !isGraph(each)),
    { resourceAppId: graphAppId, resourceAccess: [...known, ...wanted.filter(isNew)] },
  ]
}

/** A permission that Graph does not know stands in a view by its id. */
const idIn = (name: string, kind: 'delegated' | 'application', itself: GraphItself): string =>
  /^[\da-f]{8}-/i.test(name) ? name : itself.idOf(name, kind)
