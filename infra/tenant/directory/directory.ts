import { groups } from './ids.ts'
import { createMailbox } from './mails.ts'
import { forEachManaged, managedGroups, managedKeys } from './managed.ts'
import { createMemberships } from './memberships.ts'
import { createNotice } from './noticed.ts'
import type { Person } from './people.ts'

export type Directory = ReturnType<typeof createDirectory>

/** The managed groups with their members, and the e-mails that PIM would have sent. */
export function createDirectory(clock: () => Date, { empty }: { empty: boolean }) {
  const { noticed, onChange } = createNotice()
  const { mails, notify } = createMailbox(clock)
  const memberships = forEachManaged(group => createMemberships({ clock, group, empty, notify, noticed }))
  return { memberships, mails, onChange, groupsAt, reset }

  /** The ids of the groups that the person is directly in. Of the managed groups, each is seen at a moment of its own. */
  function groupsAt(person: Person, momentOf: (group: (typeof managedKeys)[number]) => Date): string[] {
    const managed = managedKeys.filter(group => memberships[group].membersAt(momentOf(group)).includes(person.key))
    // The access group comes last. Entra promises no order.
    const standing = person.standingGroups.filter(group => !empty || group === groups.emergency)
    return [...standing, ...managed.toReversed().map(group => managedGroups[group])]
  }

  function reset(): void {
    mails.length = 0
    for (const group of managedKeys) memberships[group].reset()
  }
}
