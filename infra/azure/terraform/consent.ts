import { permissionsOf } from '../permissions/parts.ts'
import { featuresOf } from '../registration/wished-registration.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'
import { createLabels } from './labels.ts'
import { expression, type Part } from './part.ts'
import { permissionExpression } from './registration.ts'

const application = expression('azuread_service_principal.gatehouse.object_id')
const graph = expression('azuread_service_principal.graph.object_id')

/** Admin consent to the permissions of what is on. */
export function consent(wish: TenantWish): Part {
  const label = createLabels()
  const features = featuresOf(wish)
  return {
    resource: {
      azuread_service_principal_delegated_permission_grant: {
        gatehouse: {
          service_principal_object_id: application,
          resource_service_principal_object_id: graph,
          claim_values: permissionsOf(features, 'delegated'),
        },
      },
      azuread_app_role_assignment: Object.fromEntries(
        permissionsOf(features, 'application').map(name => [
          `consent_${label(name)}`,
          {
            app_role_id: permissionExpression(name, 'application'),
            principal_object_id: application,
            resource_object_id: graph,
          },
        ]),
      ),
    },
  }
}
