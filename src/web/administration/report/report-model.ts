import { type AccessException, exceptionKinds } from '../../../audit/periods/exceptions.ts'
import type { CalledPerson } from '../../../audit/periods/period.ts'
import { type AccessReport, type GateTotals, type InPopulation, reportOn } from '../../../audit/periods/report.ts'
import { besideSpan } from '../../../audit/periods/span.ts'
import { listAddress } from '../../listing/address.ts'
import type { Cell } from '../../listing/cell.ts'
import { pageIn, pageOf } from '../../listing/paging.ts'
import { type Column, tableOf } from '../../listing/table.ts'
import { dated, rangeOf } from '../../shell/instant.ts'
import type { TitleOf } from '../trail/sentence.ts'
import { type AskedReport, reportPath } from './asked-report.ts'
import type { LookedBack } from './looking-back.ts'
import { exceptionWords, longLength } from './words.ts'

const hourMs = 3_600_000

/** The report that is asked for, of what was read. */
export const reportFrom = (looked: LookedBack, { span, hours }: Pick<AskedReport, 'span' | 'hours'>): AccessReport =>
  reportOn(looked, {
    from: span.from.getTime(),
    to: span.to.getTime(),
    asOf: Math.min(looked.asOf, Math.max(span.to.getTime(), span.from.getTime())),
    longerThanMs: hours * hourMs,
  })

type Around = { asked: AskedReport; looked: LookedBack; query: unknown; now: Date; titleOf: TitleOf }

/** The model of the page of a report. */
export function reportModel(report: AccessReport, around: Around) {
  const { asked, looked, now } = around
  const { span, hours, params, wrong, kind } = asked
  const { before, after } = besideSpan(span)
  const to = (changes: Record<string, string | undefined>) => listAddress(reportPath, params, changes)
  const files = { kind: undefined, page: undefined }
  return {
    ...{ wrong, hours, kind: kind ?? '' },
    period: span.name,
    from: dated(span.from, now),
    until: dated(span.to, now),
    isGoingOn: span.to > now,
    limits: limitsOf(looked, { from: span.from, now }),
    steps: [
      { label: `Earlier: ${before}`, href: to({ period: before, kind: undefined }) },
      ...(span.to <= now ? [{ label: `Later: ${after}`, href: to({ period: after, kind: undefined }) }] : []),
    ],
    timeline: `/timeline?view=month&day=${span.from.toISOString().slice(0, 10)}`,
    totals: totalsTable(report, around),
    ...exceptionsOf(report, around, to),
    ...populationOf(report, around),
    downloads: [
      { label: 'CSV', href: to({ ...files, format: 'csv' }), about: `of the report on ${span.name}` },
      { label: 'JSON', href: to({ ...files, format: 'json' }), about: `of the report on ${span.name}` },
    ],
    evidence: to({ ...files, format: 'evidence' }),
  }
}

/** What the page does not know, and why. */
export function limitsOf({ first, isAll, isCut, asOf }: LookedBack, { from, now }: { from: Date; now: Date }) {
  return {
    first: !isAll && first !== undefined ? dated(new Date(first), now) : undefined,
    // Nothing of the span, or not all of it, is kept.
    isBeginMissing: !isAll && first !== undefined && first > from.getTime(),
    cutAt: isCut ? dated(new Date(asOf), now) : undefined,
  }
}

const totalColumns: Column[] = [
  { key: 'gate', label: 'Access to' },
  ...(
    [
      ['people', 'People in'],
      ['periods', 'Periods'],
      ['turnedOn', 'Turned on'],
      ['assigned', 'Given'],
      ['pastPim', 'Not through PIM'],
      ['denied', 'Denied'],
      ['refused', 'Refused'],
      ['wrote', 'Forms sent'],
    ] as const
  ).map(([key, label]) => ({ key, label, kind: 'number' as const })),
  { key: 'hours', label: 'Time in all' },
]

function totalsTable({ totals }: AccessReport, { titleOf }: Around) {
  const row = ({ gate, inMs, role, assigned, refused, refusedAtGate, ...numbers }: GateTotals) => ({
    cells: {
      ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)])),
      gate: titleOf(gate),
      assigned: String(assigned + role),
      refused: String(refused + refusedAtGate),
      hours: longLength(inMs),
    },
  })
  const empty = { title: 'Nobody was in, and nobody asked.' }
  return tableOf({
    caption: 'Totals by gate',
    isCaptionHidden: true,
    columns: totalColumns,
    rows: totals.map(row),
    empty,
  })
}

const exceptionColumns: Column[] = [
  { key: 'at', label: 'When', kind: 'time' },
  { key: 'what', label: 'What' },
  { key: 'person', label: 'Person' },
  { key: 'gate', label: 'Access to' },
  { key: 'records', label: 'Records', kind: 'id' },
]

function exceptionsOf(
  { exceptions }: AccessReport,
  { asked, query, now, titleOf }: Around,
  to: (changes: Record<string, string | undefined>) => string,
) {
  const { kind, hours, params } = asked
  const counted = exceptionKinds.map(each => ({ each, count: exceptions.filter(found => found.kind === each).length }))
  const wanted = exceptions.filter(each => kind === undefined || each.kind === kind)
  const { rows, pager } = pageOf({
    rows: wanted,
    page: pageIn(query),
    path: reportPath,
    params,
    label: 'Pages of the exceptions',
  })
  const row = (found: AccessException) => ({
    cells: {
      at: { at: dated(new Date(found.at), now) },
      what: [exceptionWords(found.kind, hours), ...(found.detail ? [{ soft: found.detail }] : [])],
      person: personCell(found.person),
      gate: titleOf(found.gate),
      records: recordLinks(found.records),
    },
  })
  return {
    exceptions: tableOf({
      caption: 'Exceptions',
      isCaptionHidden: true,
      columns: exceptionColumns,
      rows: rows.map(row),
      empty: { title: 'No exception of this kind.' },
    }),
    pager,
    tabs: {
      label: 'Kinds of exceptions',
      items: [
        { label: 'All', href: to({ kind: undefined }), count: exceptions.length, isCurrent: kind === undefined },
        ...counted.map(({ each, count }) => ({
          label: exceptionWords(each, hours),
          href: to({ kind: each }),
          count,
          isCurrent: kind === each,
        })),
      ],
    },
  }
}

/** A person as pages name them. */
export const personCell = (person: CalledPerson | undefined): Cell =>
  person && [
    person.called,
    ...(person.username && person.username !== person.called ? [{ soft: person.username }] : []),
  ]

/** Links to records: the first ones, and how many more there are. */
export function recordLinks(records: readonly number[], most = 3): Cell {
  const more = records.length - most
  return [
    ...records.slice(0, most).map(seq => ({ link: String(seq), href: `/trail/${seq}` })),
    ...(more > 0 ? [{ soft: `and ${more} more` }] : []),
  ]
}

const populationColumns: Column[] = [
  { key: 'person', label: 'Person' },
  { key: 'gate', label: 'Access to' },
  { key: 'was', label: 'Was in' },
  { key: 'periods', label: 'Periods', kind: 'number' },
  { key: 'time', label: 'Time in all' },
]
const mostShown = 500

function populationOf({ population }: AccessReport, { titleOf }: Around) {
  const row = ({ person, gate, periods, inMs, mayTurnOn }: InPopulation) => ({
    cells: {
      person: personCell(person),
      gate: titleOf(gate),
      was: periods > 0 ? 'was in' : mayTurnOn ? 'could turn it on, and did not' : '',
      periods: String(periods),
      time: periods > 0 ? longLength(inMs) : '',
    },
  })
  return {
    population: tableOf({
      caption: 'People',
      isCaptionHidden: true,
      columns: populationColumns,
      rows: population.slice(0, mostShown).map(row),
      empty: { title: 'Nobody was in, and nobody was given a way in.' },
    }),
    many: population.length,
    were: population.filter(({ periods }) => periods > 0).length,
    notShown: Math.max(0, population.length - mostShown),
  }
}

/** A period as a cell. */
export const spanCell = (since: number | undefined, end: number | undefined, now: Date): Cell =>
  since === undefined
    ? ['began before', ...(end === undefined ? [] : [{ at: dated(new Date(end), now) }])]
    : rangeOf(new Date(since), end === undefined ? undefined : new Date(end), now)
