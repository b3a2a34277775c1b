import type { Period, UngrantedRequest } from '../../../audit/periods/period.ts'
import type { AskedTimeline } from './asked-timeline.ts'
import type { Lane } from './lanes.ts'
import { mainRecord, periodWords, requestWords } from './words-of-lane.ts'

/** Measures of the drawing, in px. The rows of names beside it are as high: `.lane-names` in timeline.css. */
const measures = { width: 1040, axis: 28, lane: 28, bar: 14, inset: 7 }

type Part = { look: string; d: string } | { look: string; x: string; y: string; text: string }
/** One thing in the drawing that leads to a record. */
type Shape = { href: string; title: string; parts: Part[] }
/** The model of `partials/timeline-drawing`. */
export type Drawing = {
  width: number
  height: number
  ticks: { x: string; label: string; isStrong: boolean }[]
  rules: string
  shapes: Shape[]
  now: string | undefined
  at: string | undefined
}

type Wanted = Pick<AskedTimeline, 'view' | 'at' | 'to' | 'from'> & { now: Date; asOf: number }

/** Draws lanes: what was on, always on, waiting and denied, and how it ended. The table beside it says the same. */
export function drawLanes(lanes: readonly Lane[], wanted: Wanted): Drawing {
  const { from, to, now, at } = wanted
  const [begin, end] = [from.getTime(), to.getTime()]
  const scale = measures.width / (end - begin)
  const x = (ms: number) => (Math.min(Math.max(ms, begin), end) - begin) * scale
  const isShown = (instant: Date) => instant >= from && instant <= to
  const known = Math.min(wanted.asOf, now.getTime())
  return {
    width: measures.width,
    height: measures.axis + lanes.length * measures.lane,
    ticks: ticksOf(wanted, x),
    rules: lanes.map((_, index) => `M0 ${measures.axis + index * measures.lane}h${measures.width}`).join(''),
    shapes: lanes.flatMap((lane, index) => {
      const top = measures.axis + index * measures.lane + measures.inset
      const place = { x, top, known, now }
      return [
        ...lane.asked.map(asked => requestShape(asked, place)),
        ...lane.periods.map(period => periodShape(period, place)),
      ]
    }),
    now: isShown(now) ? short(x(now.getTime())) : undefined,
    at: at && isShown(at) ? short(x(at.getTime())) : undefined,
  }
}

type Place = { x: (ms: number) => number; top: number; known: number; now: Date }
const short = (px: number) => String(Math.round(px * 10) / 10)
const narrowest = 3
const middle = measures.bar / 2

function periodShape(period: Period, { x, top, known, now }: Place): Shape {
  const { since, end, ended, how, approvedBy, requestedAt } = period
  const until = x(end ?? known)
  const begin = Math.min(x(since ?? end ?? known), until - narrowest)
  const width = until - begin
  const look = how === 'turned on' ? 'on' : 'always'
  const waited = approvedBy && requestedAt !== undefined && since !== undefined && requestedAt < since
  return {
    href: `/trail/${mainRecord(period.records)}`,
    title: periodWords(period, now),
    parts: [
      ...(waited ? waiting(x(requestedAt), begin, top) : []),
      { look, d: bar({ begin, width, top, isGoingOn: end === undefined }) },
      ...(ended && end !== undefined ? endMark(ended.how, { at: until, top, width }) : []),
    ],
  }
}

/** Access that goes on ends in a point. */
function bar({
  begin,
  width,
  top,
  isGoingOn,
}: {
  begin: number
  width: number
  top: number
  isGoingOn: boolean
}): string {
  const point = isGoingOn ? Math.min(6, width) : 0
  const side = short(width - point)
  const tip = isGoingOn ? `l${short(point)} ${middle}l-${short(point)} ${middle}` : `v${measures.bar}`
  return `M${short(begin)} ${top}h${side}${tip}h-${side}z`
}

type Ending = { at: number; top: number; width: number }
function endMark(how: NonNullable<Period['ended']>['how'], { at, top, width }: Ending): Part[] {
  const notch = short(Math.min(5, width / 2))
  if (how === 'by the person')
    return [{ look: 'left', d: `M${short(at)} ${top}l-${notch} ${middle}l${notch} ${middle}z` }]
  if (how === 'by an administrator') return [{ look: 'stopped', d: `M${short(at)} ${top - 4}v${measures.bar + 8}` }]
  return how === 'unknown' ? [{ look: 'unknown', d: `M${short(at)} ${top - 4}v${measures.bar + 8}` }] : []
}

function requestShape(asked: UngrantedRequest, { x, top, known, now }: Place): Shape {
  const [begin, end] = [x(asked.from), x(asked.to ?? known)]
  const isRefused = asked.state === 'denied' || asked.state === 'refused'
  return {
    href: `/trail/${mainRecord(asked.records)}`,
    title: requestWords(asked, now),
    parts: [
      ...waiting(begin, end, top),
      ...(isRefused
        ? [{ look: 'denied', x: short(Math.max(end, begin + 9)), y: String(top + middle + 5), text: '×' }]
        : []),
    ],
  }
}

const waiting = (begin: number, end: number, top: number): Part[] => [
  { look: 'asked', x: short(begin), y: String(top + middle + 5), text: '?' },
  ...(end - begin > 9 ? [{ look: 'waiting', d: `M${short(begin + 9)} ${top + middle}H${short(end)}` }] : []),
]

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', timeZone: 'UTC' })

function ticksOf({ view, from, to }: Wanted, x: (ms: number) => number): Drawing['ticks'] {
  const step = view === 'day' ? 2 * hourMs : dayMs
  const ticks: Drawing['ticks'] = []
  for (let at = from.getTime(); at < to.getTime(); at += step) {
    const date = new Date(at)
    const label =
      view === 'day'
        ? String(date.getUTCHours()).padStart(2, '0')
        : view === 'week'
          ? weekday.format(date)
          : String(date.getUTCDate())
    ticks.push({
      x: short(x(at)),
      label,
      isStrong: view === 'month' ? date.getUTCDay() === 1 : view === 'week' || date.getUTCHours() === 12,
    })
  }
  return ticks
}
