import { isObjectId } from '../things/named.ts'
import { createLabels } from './labels.ts'
import { expression, literal, type Part } from './part.ts'

/**
 * The people and groups that tenant.json names. Each gives the expression of its object id. People are looked up, as are
 * groups that this configuration does not make.
 */
export function createDirectoryNames() {
  const labels = { user: createLabels(), group: createLabels() }
  const looked = { user: new Map<string, object>(), group: new Map<string, object>() }
  const made = new Set<string>()

  /** The label of a group that this configuration makes; undefined for one that is named by its id, which exists. */
  function madeGroup(name: string): string | undefined {
    if (isObjectId(name)) return undefined
    made.add(name)
    return labels.group(name)
  }

  function person(name: string): string {
    const label = labels.user(name)
    looked.user.set(label, isObjectId(name) ? { object_id: name } : { user_principal_name: literal(name) })
    return expression(`data.azuread_user.${label}.object_id`)
  }

  function group(name: string): string {
    const label = labels.group(name)
    if (made.has(name)) return expression(`azuread_group.${label}.object_id`)
    looked.group.set(label, isObjectId(name) ? { object_id: name } : { display_name: literal(name) })
    return expression(`data.azuread_group.${label}.object_id`)
  }

  /** What has to be looked up, after all names were asked for. */
  const found = (): Part => ({
    data: {
      ...(looked.user.size > 0 && { azuread_user: Object.fromEntries(looked.user) }),
      ...(looked.group.size > 0 && { azuread_group: Object.fromEntries(looked.group) }),
    },
  })

  return { madeGroup, person, group, labelOf: labels.group, found }
}
export type DirectoryNames = ReturnType<typeof createDirectoryNames>
