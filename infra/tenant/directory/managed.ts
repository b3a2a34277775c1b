import { groups } from './ids.ts'

/** The groups that PIM manages from the start, by the key that acts and switches take. Without a key they mean `members`. */
export const managedGroups = {
  members: groups.access,
  operators: groups.operators,
  administrators: groups.administrators,
  auditors: groups.auditors,
} as const

export type ManagedGroup = keyof typeof managedGroups
/** A group as acts and switches name it: one of those above by its key, any other by its object id. */
export type GroupKey = string
/** The option by which an act names its group. */
export type InGroup = { group?: GroupKey | undefined }

export const managedKeys = Object.keys(managedGroups) as [ManagedGroup, ...ManagedGroup[]]

export const managedNames: Record<ManagedGroup, string> = {
  members: 'Payments administrators',
  operators: 'Payments operators',
  administrators: 'Access administrators',
  auditors: 'Access auditors',
}

/** One thing for each group that PIM manages from the start. */
export const forEachManaged = <Thing>(make: (group: ManagedGroup) => Thing): Record<ManagedGroup, Thing> =>
  Object.fromEntries(managedKeys.map(group => [group, make(group)])) as Record<ManagedGroup, Thing>

/** The object id of a group. */
export const idOfGroup = (group: GroupKey): string => managedGroups[group as ManagedGroup] ?? group.toLowerCase()

/** The key of the group with this object id. */
export const keyOfGroup = (id: string): GroupKey =>
  managedKeys.find(group => managedGroups[group] === id.toLowerCase()) ?? id.toLowerCase()

/** A group by its key, with its name. */
export type NamedGroup = { group: GroupKey; name: () => string }

/** The group as mails and errors call it. */
export const calledGroup = ({ group, name }: NamedGroup): string =>
  group === 'members' ? 'the access group' : `the group ${name()}`

/** The group as PIM's mails about activations call it. */
export const calledInActivations = (named: NamedGroup): string =>
  named.group === 'members' ? 'the group' : calledGroup(named)
