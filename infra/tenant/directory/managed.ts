import { groups } from './ids.ts'

/** The groups that PIM manages, by the key that acts and switches take. Without a key they mean `members`. */
export const managedGroups = {
  members: groups.access,
  operators: groups.operators,
  administrators: groups.administrators,
  auditors: groups.auditors,
} as const

export type ManagedGroup = keyof typeof managedGroups
/** The option by which an act names its group. */
export type InGroup = { group?: ManagedGroup | undefined }

export const managedKeys = Object.keys(managedGroups) as [ManagedGroup, ...ManagedGroup[]]

export const managedNames: Record<ManagedGroup, string> = {
  members: 'Payments administrators',
  operators: 'Payments operators',
  administrators: 'Access administrators',
  auditors: 'Access auditors',
}

/** One thing for each managed group. */
export const forEachManaged = <Thing>(make: (group: ManagedGroup) => Thing): Record<ManagedGroup, Thing> =>
  Object.fromEntries(managedKeys.map(group => [group, make(group)])) as Record<ManagedGroup, Thing>

/** The key of the managed group with this object id, if any. */
export const managedWith = (id: string | undefined): ManagedGroup | undefined =>
  managedKeys.find(group => managedGroups[group] === id?.toLowerCase())

/** The group as mails and errors call it. */
export const calledGroup = (group: ManagedGroup): string =>
  group === 'members' ? 'the access group' : `the group ${managedNames[group]}`

/** The group as PIM's mails about activations call it. */
export const calledInActivations = (group: ManagedGroup): string =>
  group === 'members' ? 'the group' : calledGroup(group)
