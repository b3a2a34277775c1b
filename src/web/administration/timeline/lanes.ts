import type { CalledPerson, Period, UngrantedRequest } from '../../../audit/periods/period.ts'
import type { FoldedTrail } from '../../../audit/periods/periods.ts'
import { isWithin } from '../../../audit/periods/report.ts'
import type { AskedTimeline } from './asked-timeline.ts'

/** A row of the timeline: a person at a gate. */
export type Lane = { person: CalledPerson; gate: string; periods: Period[]; asked: UngrantedRequest[] }

const words = new Intl.Collator('en-GB', { numeric: true, sensitivity: 'base' })

/** The rows of the timeline, by the names of the people. A person who was called differently meanwhile is called as at last. */
export function lanesOf(
  { periods, ungranted }: Pick<FoldedTrail, 'periods' | 'ungranted'>,
  { from, to, gate, person = '' }: Pick<AskedTimeline, 'gate' | 'person' | 'to' | 'from'>,
): Lane[] {
  const span = { from: from.getTime(), to: to.getTime() }
  const lanes = new Map<string, Lane>()
  const laneOf = (found: Period | UngrantedRequest) => {
    const key = `${found.gate} ${found.person.objectId}`
    const lane = lanes.get(key) ?? { gate: found.gate, person: found.person, periods: [], asked: [] }
    lane.person = found.person
    lanes.set(key, lane)
    return lane
  }
  const sought = person.toLowerCase()
  const isWanted = (found: Period | UngrantedRequest) => {
    const { called, username = '', objectId } = found.person
    return (
      (gate === undefined || found.gate === gate) &&
      `${called}\n${username}\n${objectId}`.toLowerCase().includes(sought)
    )
  }
  for (const period of periods)
    if (isWithin(beginShown(period), span) && isWanted(period)) laneOf(period).periods.push(period)
  for (const asked of ungranted)
    if (asked.from < span.to && (asked.to ?? span.to) >= span.from && isWanted(asked)) laneOf(asked).asked.push(asked)
  return [...lanes.values()].sort(
    (one, other) => words.compare(one.person.called, other.person.called) || words.compare(one.gate, other.gate),
  )
}

/** The time that somebody waited for the yes is shown with the period. */
const beginShown = (period: Period): Period =>
  period.approvedBy && period.requestedAt !== undefined && period.since !== undefined
    ? { ...period, since: Math.min(period.since, period.requestedAt) }
    : period

/** The periods that were going on at an instant. One whose beginning is not known counts as none. */
export const inAt = (lanes: readonly Lane[], at: number): { lane: Lane; period: Period }[] =>
  lanes.flatMap(lane =>
    lane.periods
      .filter(({ since, end }) => since !== undefined && since <= at && at < (end ?? Number.POSITIVE_INFINITY))
      .map(period => ({ lane, period })),
  )
