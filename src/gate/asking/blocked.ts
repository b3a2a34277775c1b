import type { Clock } from '../../clock.ts'
import type { Problem } from '../../errors.ts'
import type { Log } from '../../observability.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { Counters } from '../../session/replicas/counters.ts'
import { noteOf } from '../../session/replicas/notes.ts'

const hourMs = 3_600_000

const advice =
  'Conditional Access blocks this person at re-checks, not at sign-in: there it sees the address of this server, so name that among the trusted locations'

/**
 * Watches for people whom a policy lets sign in and throws out a minute later, again and again: at a re-check
 * Conditional Access sees the address of this server, not the person's. From the second time within an hour the log
 * says so. Sessions older than an hour do not count: they were ended by a policy that is new.
 */
export const createBlocked =
  ({ clock, counters, log }: { clock: Clock; counters: Counters; log: Pick<Log, 'error'> }) =>
  async ({ identity, signedInAt }: SessionRecord, error: Problem): Promise<void> => {
    if (clock().getTime() - signedInAt > hourMs) return
    const { count } = await counters.count(noteOf('blocked', identity), hourMs)
    if (count >= 2) log.error({ event: 'blocked-at-recheck', oid: identity.objectId, times: count, error }, advice)
  }
export type Blocked = ReturnType<typeof createBlocked>
