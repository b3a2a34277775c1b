import type { Directory } from '../directory/directory.ts'
import { forEachManaged, type ManagedGroup, managedKeys } from '../directory/managed.ts'
import type { Memberships } from '../directory/memberships.ts'
import type { Person } from '../directory/people.ts'
import type { MoreEligible } from '../directory/seeds.ts'
import type { Switches } from '../switches/switches.ts'
import { createEligibilities, type Eligibilities } from './eligibility.ts'
import { createPolicies, type Policies } from './policy.ts'
import { createRequestLog, type PimRequest, type RequestLog } from './requests.ts'
import { seedRequests } from './seeds.ts'

/** PIM's own data about one managed group. */
export type Pim = {
  group: ManagedGroup
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

/** PIM: each group by its key, and the requests about all groups. */
export type Pims = {
  of: Record<ManagedGroup, Pim>
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
  empty: boolean
  more: MoreEligible | undefined
}

export function createPims({ clock, switches, directory, isTargeted, empty, more }: Parts): Pims {
  const requests: PimRequest[] = []
  const of = forEachManaged(group => ({
    group,
    clock,
    switches,
    memberships: directory.memberships[group],
    eligibilities: createEligibilities({ clock, group, empty, more }),
    policies: createPolicies({ clock, group }),
    log: createRequestLog({ clock, group, all: requests }),
    isTargeted,
    groupsOf: (person: Person) => directory.groupsAt(person, clock),
  }))
  seedAll()
  return { of, requests, find, reset }

  function find(id: string) {
    const request = requests.find(each => each.id === id.toLowerCase())
    return request && { request, pim: of[request.group] }
  }

  /** Reset this after the directory, because the log starts with the beginnings of memberships. */
  function reset(): void {
    requests.length = 0
    for (const group of managedKeys) {
      of[group].eligibilities.reset()
      of[group].policies.reset()
    }
    seedAll()
  }

  function seedAll(): void {
    for (const group of managedKeys.toReversed()) seedRequests(of[group])
  }
}
