import { standingPeople } from '../things/gates.ts'
import type { GateWish, TenantWish } from '../wish/tenant-wish.ts'
import type { DirectoryNames } from './directory-names.ts'
import { expression, literal, merged, type Part } from './part.ts'
import { gateOfPim } from './pim.ts'

/** The groups of all gates with their PIM rules and assignments, and the standing group of the helpful front door. */
export function groups(wish: TenantWish, names: DirectoryNames): Part {
  return merged([
    ...(wish.gates.some(({ protection }) => protection === 'restricted-unit') ? [unit(wish)] : []),
    ...wish.gates.flatMap(gate => [groupOfGate(gate, wish, names), gateOfPim(gate, names)]),
    ...(wish.standingGroup === undefined ? [] : [standingGroup(wish.standingGroup, wish, names)]),
  ])
}

/** The unit is made through the generic provider: the other one cannot restrict its management. */
const unit = ({ restrictedUnit, name }: TenantWish): Part => ({
  resource: {
    msgraph_resource: {
      restricted_unit: {
        url: 'directory/administrativeUnits',
        body: { displayName: literal(restrictedUnit ?? `${name} groups`), isMemberManagementRestricted: true },
      },
    },
  },
})

function groupOfGate({ group, protection }: GateWish, { owners }: TenantWish, names: DirectoryNames): Part {
  const label = names.madeGroup(group)
  if (label === undefined) return {}
  const made = {
    display_name: literal(group),
    security_enabled: true,
    ...(owners.length > 0 && { owners: owners.map(names.person) }),
    ...(protection === 'role-assignable' && { assignable_to_role: true }),
    ...(protection === 'restricted-unit' && {
      administrative_unit_ids: [expression('msgraph_resource.restricted_unit.id')],
    }),
    prevent_duplicate_names: true,
    // PIM keeps the members.
    lifecycle: { ignore_changes: ['members'] },
  }
  return { resource: { azuread_group: { [label]: made } } }
}

/** Who can sign in before they have access. */
function standingGroup(name: string, wish: TenantWish, names: DirectoryNames): Part {
  const label = names.madeGroup(name)
  if (label === undefined) return {}
  const made = {
    display_name: literal(name),
    security_enabled: true,
    ...(wish.owners.length > 0 && { owners: wish.owners.map(names.person) }),
    members: standingPeople(wish).map(names.person),
    prevent_duplicate_names: true,
  }
  return { resource: { azuread_group: { [label]: made } } }
}
