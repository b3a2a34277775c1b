import type { Memberships } from '../directory/memberships.ts'
import { everybody } from '../directory/people.ts'
import type { Eligibilities } from './eligibility.ts'
import type { RequestLog } from './requests.ts'

const administrator = 'ada'

type Books = { log: RequestLog; eligibilities: Eligibilities; memberships: Memberships }

/** The requests that explain the state in which a group starts. */
export function seedRequests({ log, eligibilities, memberships }: Books): void {
  for (const { id, key, from, until } of eligibilities.rows)
    log.add({
      ...done(id, from),
      about: 'eligibility',
      by: administrator,
      key,
      action: 'adminAssign',
      reason: 'Works with payments',
      length: { type: 'afterDateTime', until },
    })
  for (const { key } of everybody)
    for (const { id, kind, from, until } of memberships.plannedFor(key)) {
      const isOwn = kind === 'activated'
      const hours = until && (until.getTime() - from.getTime()) / 3_600_000
      log.add({
        ...done(id, from),
        about: 'assignment',
        by: isOwn ? key : administrator,
        key,
        action: isOwn ? 'selfActivate' : 'adminAssign',
        reason: isOwn ? 'Month-end reconciliation of payments' : 'Keeps the payments running',
        length: hours
          ? { type: 'afterDuration', duration: `PT${hours}H`, ms: hours * 3_600_000 }
          : { type: 'noExpiration' },
      })
    }
}

const done = (id: string, at: Date) => ({
  id,
  target: id,
  side: 'member' as const,
  created: at,
  completed: at,
  starts: at,
  status: 'Provisioned',
})
