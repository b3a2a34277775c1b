import type { Directory } from '../directory/directory.ts'
import { type GroupKey, idOfGroup, keyOfGroup, managedKeys, type NamedGroup } from '../directory/managed.ts'
import type { Memberships } from '../directory/memberships.ts'
import type { Person } from '../directory/people.ts'
import type { MoreEligible } from '../directory/seeds.ts'
import type { Switches } from '../switches/switches.ts'
import { createEligibilities, type Eligibilities } from './eligibility.ts'
import { createPolicies, type Policies } from './policy.ts'
import { createRequestLog, type PimRequest, type RequestLog } from './requests.ts'
import { seedRequests } from './seeds.ts'

/** PIM's own data about one group. */
export type Pim = NamedGroup & {
  clock: () => Date
  switches: Switches
  memberships: Memberships
  eligibilities: Eligibilities
  policies: Policies
  log: RequestLog
  /** Whether a Conditional Access policy, in whatever state, is on the context. */
  isTargeted(context: string): boolean
  /** The ids of the groups that a person is directly in now. */
  groupsOf(person: Person): string[]
}

/** PIM: each group, and the requests about all groups. */
export type Pims = {
  /** A group by its key or its object id, whether PIM manages it or not. Throws when there is no such group. */
  of(group: GroupKey): Pim
  /** The groups that somebody ever asked PIM about. */
  all(): Pim[]
  /** The groups that PIM manages. */
  managed(): Pim[]
  /** Every request so far, oldest first. */
  requests: readonly PimRequest[]
  /** The request with this id, and the group that it is about. */
  find(id: string): { request: PimRequest; pim: Pim } | undefined
  reset(): void
}

type Parts = {
  clock: () => Date
  switches: Switches
  directory: Directory
  isTargeted: Pim['isTargeted']
  more: MoreEligible | undefined
}

export function createPims({ clock, switches, directory, isTargeted, more }: Parts): Pims {
  const requests: PimRequest[] = []
  const known = new Map<GroupKey, Pim>()
  seed()
  const all = () => [...known.values()].filter(({ group }) => directory.exists(group))
  return { of, all, managed: () => all().filter(({ policies }) => policies.isManaged()), requests, find, reset }

  function of(named: GroupKey): Pim {
    const group = keyOfGroup(idOfGroup(named))
    const memberships = directory.of(named)
    const present = known.get(group)
    if (present) return present
    const made = create(group, memberships)
    known.set(group, made)
    return made
  }

  function create(group: GroupKey, memberships: Memberships): Pim {
    return {
      group,
      name: () => directory.nameOf(group),
      clock,
      switches,
      memberships,
      eligibilities: createEligibilities({ clock, group, more }),
      policies: createPolicies({ clock, group }),
      log: createRequestLog({ clock, group, all: requests }),
      isTargeted,
      groupsOf: (person: Person) => directory.groupsAt(person, clock),
    }
  }

  function find(id: string) {
    const request = requests.find(each => each.id === id.toLowerCase())
    return request && { request, pim: of(request.group) }
  }

  /** Reset this after the directory, because the log starts with the beginnings of memberships. */
  function reset(): void {
    requests.length = 0
    known.clear()
    seed()
  }

  function seed(): void {
    const present = managedKeys.filter(directory.exists)
    for (const group of present) of(group)
    for (const group of present.toReversed()) seedRequests(of(group))
  }
}
