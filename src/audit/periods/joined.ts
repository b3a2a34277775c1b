import { isAct } from './ends.ts'
import { textFact } from './facts.ts'
import { type Stay, untilOf } from './stays.ts'

/** A further activation begins a second after the end of the one before, and Microsoft's instants are not exact to the second. */
const seamMs = 10_000

/** Stays that follow one another as one period, the first one first. */
export type JoinedStays = {
  stays: readonly Stay[]
  extensions: number
  end: number | undefined
  until: number | undefined
}

/**
 * Joins the stays of a person at a gate across the seams of extensions, and those that tell of the same time. Expects them by
 * `since`. A stay that another one followed before it was over has ended in between, and nobody saw how.
 */
export function joinedStays(stays: readonly Stay[]): JoinedStays[] {
  const chains: Stay[][] = []
  for (const stay of stays) {
    const chain = chains.findLast(each => each.at(-1)?.how === stay.how)
    const before = chain?.at(-1)
    if (chain && before && isOne(before, stay)) chain.push(stay)
    else {
      if (before && overOf(before) > stay.since) before.end = stay.since
      chains.push([stay])
    }
  }
  return chains.map(chainOf)
}

const overOf = (stay: Stay): number => stay.end ?? untilOf(stay) ?? Number.POSITIVE_INFINITY

function isOne(before: Stay, next: Stay): boolean {
  if (isSeam(before, next)) return true
  if (next.since >= overOf(before)) return false
  const alone = untilOf(before, { isAlone: true })
  const areBothSeen = before.sightings.length > 0 && next.sightings.length > 0
  return !(areBothSeen && alone !== undefined && next.since < alone - seamMs)
}

const isSeam = (before: Stay, next: Stay): boolean => goesOn(next) || followsAtOnce(before, next)

/** Who saw it saw that it goes on from the one before. */
const goesOn = ({ sightings }: Stay) => sightings.some(({ record }) => record.continues === true)

const followsAtOnce = (before: Stay, next: Stay): boolean =>
  before.how === 'turned on' &&
  hasRunOut(before) &&
  [untilOf(before), untilOf(before, { isAlone: true })].some(
    until => until !== undefined && Math.abs(next.since - until) <= seamMs,
  )

/** Whether a stay went on until its time was up, as far as anybody knows. */
export function hasRunOut(stay: Stay): boolean {
  const { end, endedBy } = stay
  if (end === undefined) return true
  if (!endedBy || isAct(endedBy)) return false
  const how = textFact(endedBy.record, 'how')
  if (how === 'ran-out') return true
  const until = untilOf(stay)
  return how === 'unknown' && until !== undefined && end >= until - seamMs
}

function chainOf(stays: readonly Stay[]): JoinedStays {
  const last = stays.at(-1) as Stay
  const seams = stays.slice(1).filter((stay, index) => isSeam(stays[index] as Stay, stay)).length
  const moved = stays.flatMap(stay => stay.moved.filter(({ kind }) => kind === 'extension')).length
  const overlapped = stays.slice(0, -1).findLast(({ end }) => end !== undefined && end > last.since)
  const seen = stays.findLast(({ sightings }) => sightings.length > 0)
  return {
    stays,
    extensions: Math.max(seams, moved),
    end: last.end ?? overlapped?.end,
    until: untilOf(seen ?? last),
  }
}
