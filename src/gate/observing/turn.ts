import { clockToleranceMs } from '../../clock.ts'
import { changesSince } from './changes.ts'
import type { Observed, Sightings } from './observed.ts'

/** So long (ms) a replica has for recording what it took upon itself. Then another one takes it over. */
export const owedMs = 2 * 60_000

/** One list of the group, as asked for at `askedAt`. `now` is our clock; both in epoch ms. */
export type LookAtGroup = { sightings: Sightings; askedAt: number; now: number }

/**
 * What is known after a look, with what the replica `by` has to record because of it. Undefined: nothing is to be done,
 * because nothing changed, another replica is recording, or a newer list was seen already. What is owed is recorded before
 * anything newer is looked at, so that records come in the order in which things were seen.
 */
export function afterLook(
  found: Observed | undefined,
  { sightings, askedAt, now }: LookAtGroup,
  by: string,
): Observed | undefined {
  const until = now + owedMs
  if (found?.owed) {
    const { owed } = found
    // A time that lies too far ahead is of a clock that was wrong.
    const isTaken = owed.until > now && owed.until <= until + clockToleranceMs
    return isTaken ? undefined : { ...found, owed: { ...owed, by, until, tries: owed.tries + 1 } }
  }
  if (found && found.askedAt >= askedAt && found.askedAt <= now + clockToleranceMs) return undefined
  const { people, changes } = changesSince(found?.people ?? {}, sightings, { askedAt, isFirst: !found })
  const next: Observed = { askedAt, people, ...(changes.length > 0 && { owed: { by, until, tries: 0, changes } }) }
  const isNews = !found || changes.length > 0 || JSON.stringify(people) !== JSON.stringify(found.people)
  return isNews ? next : undefined
}

/** What is known after `by` has recorded the first `written` of what it owed. `until`: when the rest is tried again. */
export function afterRecording(
  found: Observed | undefined,
  { by, written, until }: { by: string; written: number; until: number },
): Observed | undefined {
  if (found?.owed?.by !== by) return undefined
  const { owed, ...known } = found
  const changes = owed.changes.slice(written)
  return changes.length === 0 ? known : { ...known, owed: { ...owed, changes, until } }
}
