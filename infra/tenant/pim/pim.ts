import type { Memberships } from '../directory/memberships.ts'
import type { Switches } from '../switches/switches.ts'
import { createEligibilities, type Eligibilities } from './eligibility.ts'
import { createPolicies, type Policies } from './policy.ts'
import { createRequestLog, type RequestLog } from './requests.ts'
import { seedRequests } from './seeds.ts'

/** PIM's own data about the access group. */
export type Pim = {
  clock: () => Date
  switches: Switches
  memberships: Memberships
  eligibilities: Eligibilities
  policies: Policies
  log: RequestLog
  reset(): void
}

export function createPim({ clock, switches, memberships }: Pick<Pim, 'clock' | 'switches' | 'memberships'>): Pim {
  const eligibilities = createEligibilities(clock)
  const policies = createPolicies(clock)
  const log = createRequestLog(clock)
  seedRequests(log, eligibilities, memberships)
  return { clock, switches, memberships, eligibilities, policies, log, reset }

  /** Reset this after the memberships, because the log starts with their beginnings. */
  function reset(): void {
    eligibilities.reset()
    policies.reset()
    log.requests.length = 0
    seedRequests(log, eligibilities, memberships)
  }
}
