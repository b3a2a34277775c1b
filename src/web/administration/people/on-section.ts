import type { ApprovalSeen } from '../../../pim/people/approvals-seen.ts'
import type { PeriodOn } from '../../../pim/people/on.ts'
import type { SeenHere } from '../../../pim/people/people.ts'
import type { Cell } from '../../listing/cell.ts'
import type { Row, RowAct } from '../../listing/table.ts'
import { instantOf, lengthOf } from '../../shell/instant.ts'
import { actPath } from './addresses.ts'
import type { LastAct } from './last-acts.ts'
import { calledName, type ListedPerson, nameCell, reasonCell, type Section } from './section.ts'

/** A period with its reason and ticket where the list can be searched for them. */
export type PeriodRow = PeriodOn & { reason?: string; ticket?: string }
/** What is asked about the periods of one page alone, by gate and person. */
export type PeriodDetails = {
  seen: ReadonlyMap<string, SeenHere>
  approvals: ReadonlyMap<string, ApprovalSeen>
  lastActs: ReadonlyMap<string, LastAct>
}
/** Names a person at a gate, in what is asked about the rows of a page. */
export const placeOf = ({ gate, id }: { gate: string; id: string }): string => `${gate} ${id}`

/** A period as a row of the list. */
export const periodRow = (period: PeriodOn): PeriodRow => ({
  ...period,
  ...(period.request?.reason && { reason: period.request.reason }),
  ...(period.request?.ticket && { ticket: period.request.ticket }),
})

/** Who has access now. */
export const onSection: Section<PeriodRow> = {
  caption: 'Who has access now',
  columns: [
    { key: 'person', label: 'Person', sorts: 'ascending' },
    { key: 'gate', label: 'Access to', sorts: 'ascending' },
    { key: 'since', label: 'Since', kind: 'time', sorts: 'descending' },
    { key: 'until', label: 'Ends', kind: 'time', sorts: 'ascending' },
    { key: 'reason', label: 'Reason and ticket' },
    { key: 'how', label: 'How', sorts: 'ascending' },
    { key: 'here', label: 'In this application' },
  ],
  keys: {
    person: row => calledName(row),
    gate: ({ title }) => title,
    since: ({ from }) => from,
    until: ({ until }) => until,
    how: ({ how }) => howWords[how],
  },
  otherwise: 'until',
  empty: { title: 'Nobody is in.', detail: 'That is how it should be while nobody works here.' },
}

const howWords = { 'turned-on': 'turned on', assigned: 'assigned', 'past-pim': 'not through PIM' } as const
const kindWords = { person: '', group: 'a group', application: 'an application' } as const

type About = {
  now: Date
  canAct: boolean
  calledBy: (id: string) => string | undefined
  contexts: ReadonlyMap<string, string>
  details: PeriodDetails
}

/** The row of a period: with what this application knows of it, and the act that an administrator may do. */
export function onRow(row: ListedPerson<PeriodRow>, { now, canAct, contexts, details, calledBy }: About): Row {
  const seen = details.seen.get(placeOf(row))
  const isOdd = row.how === 'past-pim' || row.isGone || seen?.takenAway !== undefined
  return {
    cells: {
      person: nameCell(row, kindWords[row.kind]),
      gate: row.title,
      since: timeCell(row.from, now),
      until: row.until === undefined ? { soft: 'no end' } : timeCell(row.until, now),
      reason: reasonCell(row),
      how: howCell(row, details.approvals, calledBy),
      here: hereCell(seen, { now, context: contexts.get(row.gate), last: details.lastActs.get(placeOf(row)) }),
    },
    ...(isOdd && { isOdd }),
    acts: actsOn(row, canAct),
  }
}

const timeCell = (ms: number | undefined, now: Date): Cell =>
  ms === undefined ? undefined : { at: instantOf(new Date(ms), now) }

function howCell(
  { how, isThroughGroup, request, later, isGone }: PeriodOn,
  approvals: About['details']['approvals'],
  calledBy: About['calledBy'],
): Cell {
  const badge = {
    badge: howWords[how],
    tone: how === 'past-pim' ? 'attention' : how === 'assigned' ? 'plain' : 'on',
  } as const
  const { id: byId, name: byName } = (how === 'assigned' && request?.createdBy) || {}
  const by = byName ?? (byId && calledBy(byId))
  return [
    badge,
    ...(by ? [{ soft: `by ${by}` }] : []),
    ...(request?.approvalId ? [{ soft: approvedWords(approvals.get(request.id)) }] : []),
    ...(later.length > 0 ? [{ soft: 'extended' }] : []),
    ...(isThroughGroup ? [{ soft: 'through a group' }] : []),
    ...(isGone ? [{ badge: 'not in the group', tone: 'attention' as const }, { soft: 'PIM still lists it' }] : []),
  ]
}

function approvedWords({ by, afterMs }: ApprovalSeen = {}): string {
  const who = by?.name ? `approved by ${by.name}` : 'approved'
  return afterMs === undefined ? who : `${who} after ${lengthOf(afterMs)}`
}

type Here = { now: Date; context: string | undefined; last: LastAct | undefined }

function hereCell(seen: SeenHere | undefined, { now, context, last }: Here): Cell {
  const { sessions = [], takenAway } = seen ?? {}
  const lines: Cell[] = []
  if (takenAway?.endedAt !== undefined) {
    const { absolute } = instantOf(new Date(takenAway.endedAt), now)
    const by = takenAway.endedBy?.name
    lines.push({ badge: 'ended here', tone: 'off' })
    lines.push({ soft: `at ${absolute}${by ? ` by ${by}` : ''}` })
    lines.push({ soft: 'Microsoft still lists it' })
  }
  const act: Cell = last && {
    link: `last act ${instantOf(new Date(last.at), now).absolute}`,
    href: `/trail/${last.seq}`,
  }
  const did = act ? [act] : []
  if (sessions.length === 0) return [...lines, { soft: 'no session' }, ...did]
  const lastSeen = Math.max(...sessions.map(({ lastSeenAt }) => lastSeenAt))
  lines.push(sessions.length === 1 ? '1 session' : `${sessions.length} sessions`)
  lines.push({ soft: `last seen ${instantOf(new Date(lastSeen), now).absolute}` })
  const met = context === undefined ? [] : sessions.flatMap(({ contexts }) => contexts[context] ?? [])
  if (met.length > 0)
    lines.push({ soft: `check ${context} met ${instantOf(new Date(Math.max(...met)), now).absolute}` })
  return [...lines, ...did]
}

function actsOn(row: ListedPerson<PeriodRow>, canAct: boolean): RowAct[] {
  const about = `${calledName(row)}, ${row.title}`
  if (row.how === 'past-pim') return [{ label: 'What to do', about, href: '#past-pim' }]
  return canAct && row.kind === 'person' ? [{ label: 'End', about, isStop: true, href: actPath('end', row) }] : []
}
