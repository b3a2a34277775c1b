import type { Groups } from './groups.ts'
import { groups as known } from './ids.ts'
import { createMailbox } from './mails.ts'
import { type GroupKey, idOfGroup, keyOfGroup, managedKeys } from './managed.ts'
import { createMemberships, type Memberships } from './memberships.ts'
import { createNotice } from './noticed.ts'
import type { Person } from './people.ts'

export type Directory = ReturnType<typeof createDirectory>

/** The groups whose people are looked up from the start, in the order in which tokens name them: the access group last. */
const first: readonly GroupKey[] = [known.staff, known.emergency, ...managedKeys.toReversed()]

/** The people in each group, and the e-mails that PIM would have sent. */
export function createDirectory(clock: () => Date, groups: Groups) {
  const { noticed, onChange } = createNotice()
  const { mails, notify } = createMailbox(clock)
  const books = new Map<GroupKey, Memberships>()
  open()
  return { of, all, exists, nameOf, mails, onChange, groupsAt, reset }

  /** The people in a group, by its key or its object id. Throws when there is no such group. */
  function of(named: GroupKey): Memberships {
    const group = keyOfGroup(idOfGroup(named))
    if (!exists(group)) throw new Error(`there is no group '${named}'`)
    const known = books.get(group)
    if (known) return known
    const made = createMemberships({ clock, group, name: () => nameOf(group), notify, noticed })
    books.set(group, made)
    return made
  }

  /** The groups that somebody was ever put into. */
  function all(): [GroupKey, Memberships][] {
    return [...books].filter(([group]) => exists(group))
  }

  function nameOf(group: GroupKey): string {
    return groups.rows.now(idOfGroup(group))?.displayName ?? group
  }

  /** The ids of the groups that the person is directly in, each group seen at a moment of its own. */
  function groupsAt(person: Person, momentOf: (group: GroupKey) => Date): string[] {
    const standing = person.standingGroups.filter(id => exists(id) && !books.has(id))
    const others = all().filter(([group, book]) => book.membersAt(momentOf(group)).includes(person.key))
    return [...standing, ...others.map(([group]) => idOfGroup(group))]
  }

  /** Reset this after the groups. */
  function reset(): void {
    mails.length = 0
    books.clear()
    open()
  }

  function open(): void {
    for (const group of first) if (exists(group)) of(group)
  }

  function exists(group: GroupKey): boolean {
    return groups.rows.now(idOfGroup(group)) !== undefined
  }
}
