import { defaultAccess } from '../registration/app-role.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'
import type { DirectoryNames } from './directory-names.ts'
import { expression, type Part } from './part.ts'

/** The enterprise application, with the groups that may sign in and their roles. */
export function enterpriseApplication(wish: TenantWish, names: DirectoryNames): Part {
  const assigned = [
    ...wish.gates.map(({ group, role }) => ({ group, role })),
    ...(wish.standingGroup === undefined ? [] : [{ group: wish.standingGroup, role: undefined }]),
  ]
  const principal = {
    client_id: expression('azuread_application.gatehouse.client_id'),
    app_role_assignment_required: true,
  }
  return {
    resource: {
      azuread_service_principal: { gatehouse: principal },
      azuread_app_role_assignment: Object.fromEntries(
        assigned.map(({ group, role }) => [
          `assigned_${names.labelOf(group)}`,
          {
            app_role_id: role === undefined ? defaultAccess : roleExpression(role),
            principal_object_id: names.group(group),
            resource_object_id: expression('azuread_service_principal.gatehouse.object_id'),
          },
        ]),
      ),
    },
  }
}

const roleExpression = (role: string): string =>
  expression(`azuread_service_principal.gatehouse.app_role_ids[${JSON.stringify(role)}]`)
