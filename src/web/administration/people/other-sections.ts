import { countedDays, type Permitted } from '../../../pim/people/can-turn-on.ts'
import type { EndingSoon } from '../../../pim/people/ending-soon.ts'
import type { Review } from '../../../pim/people/reviews.ts'
import type { WaitingPerson } from '../../../pim/people/waiting-people.ts'
import type { Row } from '../../listing/table.ts'
import { dated, instantOf, spoken } from '../../shell/instant.ts'
import { actPath } from './addresses.ts'
import { placeOf } from './on-section.ts'
import { calledName, type ListedPerson, nameCell, reasonCell, type Section } from './section.ts'

const person = { key: 'person', label: 'Person', sorts: 'ascending' } as const
const gate = { key: 'gate', label: 'Access to', sorts: 'ascending' } as const
const reason = { key: 'reason', label: 'Reason and ticket' } as const

/** Whose requests wait for an approver. */
export const waitingSection: Section<WaitingPerson> = {
  caption: 'Who waits for approval',
  columns: [
    person,
    gate,
    { key: 'since', label: 'Asked', kind: 'time', sorts: 'ascending' },
    { key: 'lapses', label: 'Lapses', kind: 'time' },
    { key: 'length', label: 'For' },
    reason,
  ],
  keys: { person: row => calledName(row), gate: ({ title }) => title, since: ({ since }) => since },
  otherwise: 'since',
  empty: { title: 'Nobody waits for approval.' },
}

/** The row of a request that waits. */
export const waitingPersonRow = (row: ListedPerson<WaitingPerson>, now: Date): Row => ({
  cells: {
    person: nameCell(row),
    gate: row.title,
    since: { at: instantOf(new Date(row.since), now) },
    lapses: { at: instantOf(new Date(row.lapsesAt), now) },
    length: row.minutes === undefined ? undefined : spoken(row.minutes),
    reason: reasonCell(row),
  },
})

/** Who may turn on access: those who never did first. */
export const permittedSection: Section<Permitted> = {
  caption: 'Who can turn on access',
  columns: [
    person,
    gate,
    { key: 'used', label: 'Last used', kind: 'time', sorts: 'ascending' },
    { key: 'times', label: `Times in ${countedDays} days`, kind: 'number', sorts: 'ascending' },
    { key: 'until', label: 'Permission ends', kind: 'time', sorts: 'ascending' },
    reason,
    { key: 'review', label: 'Reviewed' },
  ],
  keys: {
    person: row => calledName(row),
    gate: ({ title }) => title,
    used: ({ used }) => used && (used.last ?? 0),
    times: ({ used }) => used?.times,
    until: ({ until }) => until,
  },
  otherwise: 'used',
  empty: { title: 'Nobody can turn on access.', detail: 'Assign somebody, and they stand here.' },
}

type PermittedAbout = {
  now: Date
  canAct: boolean
  reviews: ReadonlyMap<string, Review>
  calledBy: (id: string) => string | undefined
}

/** The row of somebody who may turn on access, with the two answers to a review. */
export function permittedRow(row: ListedPerson<Permitted>, { now, canAct, reviews, calledBy }: PermittedAbout): Row {
  const { used, until, isThroughGroup } = row
  const review = reviews.get(placeOf(row))
  const about = `${calledName(row)}, ${row.title}`
  return {
    cells: {
      person: nameCell(row, isThroughGroup ? 'through a group' : ''),
      gate: row.title,
      used:
        used?.last !== undefined
          ? { at: dated(new Date(used.last), now) }
          : used
            ? { badge: 'never used', tone: 'attention' }
            : undefined,
      times: used && String(used.times),
      until: until === undefined ? { soft: 'no end' } : { at: dated(new Date(until), now) },
      reason: reasonCell(row),
      review: review && [
        { at: dated(new Date(review.at), now) },
        { soft: `kept by ${calledBy(review.by) ?? 'an administrator'}` },
      ],
    },
    acts: canAct
      ? [
          { label: 'Keep', about, href: actPath('keep', row) },
          { label: 'Remove', about, isStop: true, href: actPath('remove', row) },
        ]
      : [],
  }
}

/** Whose permission ends soon. */
export const endingSection: Section<EndingSoon> = {
  caption: 'Whose permission ends within 14 days',
  columns: [
    person,
    gate,
    { key: 'until', label: 'Ends', kind: 'time', sorts: 'ascending' },
    { key: 'what', label: 'What ends' },
    reason,
  ],
  keys: { person: row => calledName(row), gate: ({ title }) => title, until: ({ until }) => until },
  otherwise: 'until',
  empty: { title: 'No permission ends within 14 days.' },
}

/** The row of a permission that ends soon. */
export const endingRow = (row: ListedPerson<EndingSoon>, now: Date): Row => ({
  cells: {
    person: nameCell(row),
    gate: row.title,
    until: { at: dated(new Date(row.until), now) },
    what: row.what === 'assigned' ? 'access that is always on' : 'permission to turn on access',
    reason: reasonCell(row),
  },
})
