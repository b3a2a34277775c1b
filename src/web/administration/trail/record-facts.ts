import type { KeptRecord } from '../../../session/ledger/reading.ts'
import type { Cell } from '../../listing/cell.ts'
import { isErased, personIn } from './facts-of-record.ts'
import type { TitleOf } from './sentence.ts'
import { instantIn } from './trail-model.ts'

type Fact = { term: string; cell: Cell }

/** Facts that many records have, by the words that people read, in this order. Every other fact comes after them, by its own name. */
const terms: Readonly<Record<string, string>> = {
  person: 'About',
  reason: 'Reason',
  comment: 'Comment',
  ticket: 'Ticket',
  kind: 'Kind of access',
  minutes: 'Minutes',
  since: 'Since',
  until: 'Until',
  source: 'How',
  how: 'How it ended',
  context: 'Check',
  code: 'Code',
  rule: 'Rule',
  status: 'Result',
  request: 'Microsoft’s request',
  page: 'Page',
  method: 'Method',
  filter: 'Filter',
  address: 'Address',
  browser: 'Browser',
  reference: 'Reference',
  act: 'Act',
  recordedAt: 'First recorded',
}
/** These stand elsewhere on the page. */
const elsewhere = ['v', 'seq', 'at', 'event', 'actor', 'subject', 'by', 'gate', 'personal']
const quotes = ['reason', 'comment']
const codes = ['request', 'reference', 'act', 'code', 'status', 'ticket', 'rule']

/** Everything that a record says, as terms with their cells. */
export function recordFacts(kept: KeptRecord, { now, titleOf }: { now: Date; titleOf: TitleOf }): Fact[] {
  const { record } = kept
  const others = Object.keys(record).filter(name => !elsewhere.includes(name) && !Object.hasOwn(terms, name))
  const isTold = (name: string) => name !== 'person' || record.subject === undefined
  const named = [...Object.keys(terms), ...others].filter(name => record[name] !== undefined && isTold(name))
  const gate = typeof record.gate === 'string' ? record.gate : ''
  return [
    { term: 'Time', cell: instantIn(record.at, now) },
    { term: 'Event', cell: { code: record.event } },
    ...(gate ? [{ term: 'Access to', cell: titleOf(gate) === gate ? gate : [titleOf(gate), { soft: gate }] }] : []),
    ...person(kept, 'actor', 'Who'),
    ...person(kept, 'subject', 'About'),
    ...person(kept, 'by', 'Who decided'),
    ...named.map(name => ({ term: terms[name] ?? name, cell: cellOf(name, record[name], now) })),
  ]
}

function person(kept: KeptRecord, field: 'actor' | 'subject' | 'by', term: string): Fact[] {
  const found = personIn(kept.record, field)
  if (!found) return []
  const { name, username, objectId } = found
  const lines: Cell[] = [name || { soft: isErased(kept) ? 'The name was erased.' : 'No name was recorded.' }]
  if (username) lines.push({ soft: username })
  if (objectId) lines.push({ code: objectId })
  return [{ term, cell: lines }]
}

function cellOf(name: string, value: unknown, now: Date): Cell {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') return { code: JSON.stringify(value) }
  if (quotes.includes(name)) return { quote: value }
  if (codes.includes(name)) return { code: value }
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value) ? instantIn(value, now) : value
}
