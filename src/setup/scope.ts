import type { ExpectedTenant } from './expected.ts'
import type { AccessPolicy } from './facts/conditional-access.ts'
import { isMissing, see, UnseenFact } from './facts/fact.ts'
import type { SetupFacts } from './facts/facts.ts'
import type { LeftOutGroup } from './facts/left-out.ts'

/**
 * The groups of the gates, and the people who are in them or can turn that on, as far as they were seen; the groups that
 * policies leave out; and the groups and accounts that alone may be left out, where somebody named them.
 */
type PeopleOfGates = {
  groups: readonly string[]
  people: ReadonlySet<string>
  /** Why some of the people were not seen. */
  unseen: UnseenFact | undefined
  leftOut: readonly LeftOutGroup[]
  emergency: readonly string[] | undefined
}

/** Those whom a policy must be about, and those whom it may leave out. */
export function peopleOfGates({ gates, leftOut }: SetupFacts, { emergency }: ExpectedTenant): PeopleOfGates {
  const facts = gates.flatMap(({ active, eligible }) => [active, eligible])
  const rows = facts.flatMap(fact => ('value' in fact ? fact.value : []))
  return {
    emergency,
    leftOut,
    groups: gates.map(({ gate }) => gate.groupId),
    people: new Set(rows.map(({ principalId }) => principalId)),
    unseen: facts.map(unseenOf).find(each => each !== undefined),
  }
}

/** Whom a policy leaves out of those who matter; undefined where it is about all of them, as far as they were seen. */
export function gapIn({ conditions: { users } }: AccessPolicy, of: PeopleOfGates): string | undefined {
  const { groups, people, emergency } = of
  const named = users?.includeGroups.some(id => groups.includes(id))
  if (!users?.includeUsers.includes('all'))
    return named
      ? 'is about the group of a gate: who turns on access is not in it yet, and is not asked'
      : 'is not about all users'
  if (users.excludeGroups.some(id => groups.includes(id))) return 'leaves out the group of a gate'
  const alone = users.excludeUsers.filter(id => people.has(id)).length
  if (alone > 0) return `leaves out people of a gate: ${alone}`
  const within = users.excludeGroups.map(id => gapBy(id, of)).find(each => each !== undefined)
  if (within) return within
  if (users.excludeRoles.length > 0) return 'leaves out holders of some roles'
  // The second is how policies said it before Graph told kinds of guests apart.
  if (users.excludeGuestsOrExternalUsers || users.excludeUsers.includes('guestsorexternalusers'))
    return 'leaves out guests'
  const left = [...users.excludeUsers, ...users.excludeGroups]
  if (emergency?.length && left.some(id => !emergency.includes(id)))
    return 'leaves out more than the accounts for an emergency'
  return undefined
}

/** Whom a group that is left out takes along. */
function gapBy(id: string, { leftOut, groups, people }: PeopleOfGates): string | undefined {
  const group = leftOut.find(each => each.id === id)
  // A group can itself be what may turn on access.
  const ids = [id, ...(group && 'value' in group.members ? group.members.value.ids : [])]
  const name = group?.name ?? id
  if (ids.some(each => groups.includes(each))) return `leaves out the group "${name}", and the group of a gate is in it`
  const many = new Set(ids.filter(each => people.has(each))).size
  return many > 0 ? `leaves out the group "${name}", and people of the gates are in it: ${many}` : undefined
}

/** Why nobody can say that a policy without a gap has none; undefined where all that it leaves out was seen. */
export function unseenIn({ conditions: { users } }: AccessPolicy, of: PeopleOfGates): UnseenFact | undefined {
  const { excludeUsers = [], excludeGroups = [] } = users ?? {}
  const hidden = excludeGroups.map(id => hiddenIn(id, of)).find(each => each !== undefined)
  return hidden ?? (excludeUsers.length + excludeGroups.length > 0 ? of.unseen : undefined)
}

function hiddenIn(id: string, { leftOut }: PeopleOfGates): UnseenFact | undefined {
  const group = leftOut.find(each => each.id === id)
  if (!group)
    return new UnseenFact(
      'The policies on contexts leave out more groups than are looked at.',
      'Leave out the one group of the emergency accounts, and look into the others by hand.',
    )
  if (!('value' in group.members)) return isMissing(group.members) ? undefined : unseenOf(group.members)
  if (group.members.value.isWhole) return undefined
  return new UnseenFact(
    `The group "${group.name}", which a policy leaves out, has more members than are looked at.`,
    'Leave out a group of the emergency accounts alone.',
  )
}

function unseenOf(fact: Parameters<typeof see>[0]): UnseenFact | undefined {
  try {
    see(fact)
    return undefined
  } catch (thrown) {
    if (thrown instanceof UnseenFact) return thrown
    throw thrown
  }
}
