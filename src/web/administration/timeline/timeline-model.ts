import type { FoldedTrail } from '../../../audit/periods/periods.ts'
import { listAddress } from '../../listing/address.ts'
import type { Cell } from '../../listing/cell.ts'
import { pageIn, pageOf } from '../../listing/paging.ts'
import { type Column, tableOf } from '../../listing/table.ts'
import { dated } from '../../shell/instant.ts'
import type { LookedBack } from '../report/looking-back.ts'
import { limitsOf, personCell, spanCell } from '../report/report-model.ts'
import { howWords } from '../report/words.ts'
import type { TitleOf } from '../trail/sentence.ts'
import { type AskedTimeline, timelinePath } from './asked-timeline.ts'
import { drawLanes } from './drawing.ts'
import { inAt, type Lane, lanesOf } from './lanes.ts'
import { mainRecord, periodWords, requestWords } from './words-of-lane.ts'

type Around = { asked: AskedTimeline; query: unknown; now: Date; titleOf: TitleOf }

/** The model of the timeline. */
export function timelineModel(looked: LookedBack & FoldedTrail, { asked, query, now, titleOf }: Around) {
  const lanes = lanesOf(looked, asked)
  const { params, from, to, at, form, steps } = asked
  const { rows, pager } = pageOf({
    rows: lanes,
    page: pageIn(query),
    path: timelinePath,
    params,
    label: 'Pages of people',
  })
  const isOneGate = new Set(lanes.map(({ gate }) => gate)).size < 2
  return {
    ...{ filters: form, steps, pager },
    title: titleOfSpan(asked),
    limits: limitsOf(looked, { from, now }),
    names: rows.map(({ person, gate }) => (isOneGate ? person.called : `${person.called}, ${titleOf(gate)}`)),
    drawing: drawLanes(rows, { ...asked, now, asOf: looked.asOf }),
    table: tableOf({
      caption: 'The same as a table',
      columns: laneColumns,
      rows: rows.map(lane => laneRow(lane, now, titleOf)),
      empty: { title: 'Nobody was in, and nobody asked.' },
    }),
    whoWasIn: at && whoWasIn(lanes, { at, now, titleOf, asOf: looked.asOf }),
    report: listAddress('/trail/report', { period: (at ?? from).toISOString().slice(0, 7) }),
    isEmpty: lanes.length === 0,
    isFuture: to > now,
  }
}

/** What is shown, as a heading. */
function titleOfSpan({ view, from, to }: AskedTimeline): string {
  if (view === 'month') return monthFormat.format(from)
  const begin = dayFormat.format(from)
  return view === 'day' ? begin : `${begin} to ${dayFormat.format(new Date(to.getTime() - 1))}`
}
const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' })
const monthFormat = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })

const laneColumns: Column[] = [
  { key: 'person', label: 'Person' },
  { key: 'gate', label: 'Access to' },
  { key: 'when', label: 'When, and how it ended (UTC)' },
]

function laneRow({ person, gate, periods, asked }: Lane, now: Date, titleOf: TitleOf) {
  const told = [
    ...periods.map(each => ({ at: each.since ?? each.end ?? 0, words: periodWords(each, now), records: each.records })),
    ...asked.map(each => ({ at: each.from, words: requestWords(each, now), records: each.records })),
  ].sort((one, other) => one.at - other.at)
  const when: Cell = told.map(({ words, records }) => ({ link: words, href: `/trail/${mainRecord(records)}` }))
  return { cells: { person: personCell(person), gate: titleOf(gate), when } }
}

const inColumns: Column[] = [
  { key: 'person', label: 'Person' },
  { key: 'gate', label: 'Access to' },
  { key: 'when', label: 'From and to', kind: 'time' },
  { key: 'how', label: 'How' },
  { key: 'why', label: 'Why' },
  { key: 'record', label: 'Record', kind: 'id' },
]

function whoWasIn(
  lanes: readonly Lane[],
  { at, now, titleOf, asOf }: { at: Date; now: Date; titleOf: TitleOf; asOf: number },
) {
  const found = inAt(lanes, at.getTime())
  const people = new Set(found.map(({ lane }) => lane.person.objectId)).size
  return {
    at: dated(at, now),
    isFuture: at.getTime() > asOf,
    count: people === 1 ? '1 person' : `${people} people`,
    table: tableOf({
      caption: 'Who was in',
      isCaptionHidden: true,
      columns: inColumns,
      rows: found.map(({ lane: { gate }, period }) => ({
        cells: {
          person: personCell(period.person),
          gate: titleOf(gate),
          when: spanCell(period.since, period.end, now),
          how: howWords[period.how],
          why: [
            ...(period.reason ? [{ quote: period.reason }] : []),
            ...(period.ticket ? [{ code: period.ticket }] : []),
          ],
          record: { link: String(mainRecord(period.records)), href: `/trail/${mainRecord(period.records)}` },
        },
      })),
      empty: { title: 'Nobody was in.' },
    }),
  }
}
