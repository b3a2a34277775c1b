import { graphAppId, type PermissionKind } from '../permissions/graph-permissions.ts'
import { permissionsOf } from '../permissions/parts.ts'
import { appRoleId } from '../registration/app-role.ts'
import { tokenAudience } from '../registration/token-audience.ts'
import { addressesOf, claimNames, featuresOf } from '../registration/wished-registration.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'
import type { DirectoryNames } from './directory-names.ts'
import { expression, literal, type Part } from './part.ts'

/** The app registration, and its credential where that is no secret: a secret would lie in the state as it is. */
export function registration(wish: TenantWish, names: DirectoryNames): Part {
  const { redirectUris, logoutUrl, homePageUrl } = addressesOf(wish)
  const application = {
    display_name: literal(wish.name),
    sign_in_audience: 'AzureADMyOrg',
    owners: wish.owners.map(names.person),
    group_membership_claims: ['ApplicationGroup'],
    optional_claims: { id_token: claimNames.map(name => ({ name })) },
    web: {
      homepage_url: homePageUrl,
      logout_url: logoutUrl,
      redirect_uris: redirectUris,
      implicit_grant: { access_token_issuance_enabled: false, id_token_issuance_enabled: false },
    },
    app_role: rolesOf(wish),
    required_resource_access: { resource_app_id: graphAppId, resource_access: accessOf(wish) },
    prevent_duplicate_names: true,
  }
  return {
    resource: { azuread_application: { gatehouse: application }, ...credentialOf(wish) },
    output: { client_id: { value: expression('azuread_application.gatehouse.client_id') } },
  }
}

const rolesOf = ({ gates }: TenantWish): object[] =>
  gates.flatMap(({ role }) =>
    role === undefined
      ? []
      : [
          {
            allowed_member_types: ['User'],
            description: literal(role),
            display_name: literal(role),
            enabled: true,
            id: appRoleId(role),
            value: literal(role),
          },
        ],
  )

const accessOf = (wish: TenantWish): object[] => [
  ...idsOf(wish, 'delegated').map(id => ({ id, type: 'Scope' })),
  ...idsOf(wish, 'application').map(id => ({ id, type: 'Role' })),
]

const idsOf = (wish: TenantWish, kind: PermissionKind): string[] =>
  permissionsOf(featuresOf(wish), kind).map(name => permissionExpression(name, kind))

/** The id of a permission, as Graph itself says it. */
export const permissionExpression = (name: string, kind: PermissionKind): string =>
  expression(
    `azuread_service_principal.graph.${kind === 'delegated' ? 'oauth2_permission_scope_ids' : 'app_role_ids'}["${name}"]`,
  )

function credentialOf(wish: TenantWish): NonNullable<Part['resource']> {
  const { credential } = wish
  const application_id = expression('azuread_application.gatehouse.id')
  switch (credential.kind) {
    case 'secret':
      return {}
    case 'certificate': {
      const value = expression(`file(${JSON.stringify(literal(credential.file))})`)
      const certificate = {
        application_id,
        type: 'AsymmetricX509Cert',
        encoding: 'pem',
        value,
        end_date_relative: '8760h',
      }
      return { azuread_application_certificate: { gatehouse: certificate } }
    }
    case 'federated': {
      const { issuer, subject } = credential
      const federated = {
        application_id,
        display_name: 'gatehouse',
        issuer: literal(issuer),
        subject: literal(subject),
        audiences: [tokenAudience[wish.cloud]],
      }
      return { azuread_application_federated_identity_credential: { gatehouse: federated } }
    }
  }
}
