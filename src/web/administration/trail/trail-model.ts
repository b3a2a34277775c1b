import type { AuditRecordRead } from '../../../audit/trail.ts'
import type { GateSettings } from '../../../config/gates.ts'
import type { Ledger } from '../../../session/ledger/ledger.ts'
import type { KeptRecord } from '../../../session/ledger/reading.ts'
import { type ListParams, listAddress } from '../../listing/address.ts'
import type { Cell } from '../../listing/cell.ts'
import { newerAndOlder } from '../../listing/paging.ts'
import { type Column, type Empty, type Row, tableOf } from '../../listing/table.ts'
import { datedToTheSecond } from '../../shell/instant.ts'
import { factOf, isErased } from './facts-of-record.ts'
import { boundsOf, trailFilterOf, trailPath, wantedBy } from './filter.ts'
import { kindOf } from './kinds.ts'
import { type PageOfTrail, pageOfTrail } from './page-of-trail.ts'
import { sentenceOf, type TitleOf } from './sentence.ts'

type Asked = { query: unknown; gates: readonly GateSettings[]; now: Date }

/** The page of the trail that an address asks for. Throws Problem('redis-away'). */
export async function trailModel(ledger: Pick<Ledger, 'read' | 'seqAt' | 'size'>, { query, gates, now }: Asked) {
  const { filter, params, form, isWithReading } = trailFilterOf(query, gates)
  const isAsked = wantedBy(filter)
  const isWanted = (kept: KeptRecord) => (isWithReading || kindOf(kept.record.event) !== 'reading') && isAsked(kept)
  const bounds = await boundsOf(filter, ledger, await ledger.size())
  const { shown, newer, older, further } = await pageOfTrail(ledger, { bounds, isWanted, query })
  const isFiltered = Object.keys(filter.values).length > 0
  return {
    filters: form,
    table: recordsTable(shown, {
      now,
      titleOf: gateTitles(gates),
      caption: 'Records of the trail, newest first',
      empty: isFiltered
        ? { title: 'No record is like that.', act: { label: 'See the whole trail', href: trailPath } }
        : { title: 'Nothing has been recorded yet.' },
    }),
    pager: newerAndOlder({
      path: trailPath,
      params,
      label: 'Pages of the trail',
      position: positionOf(shown),
      newer,
      older,
    }),
    further: further && furtherModel(further, params, now),
    downloads: downloadsOf(filter.values, isFiltered ? 'of this filter' : 'of the whole trail'),
  }
}

/** What people call a gate; of one that no setting describes any more, its name. */
export const gateTitles =
  (gates: readonly GateSettings[]): TitleOf =>
  gate =>
    gates.find(({ name }) => name === gate)?.title ?? gate

const columns: Column[] = [
  { key: 'record', label: 'Record', kind: 'number' },
  { key: 'at', label: 'Time', kind: 'time' },
  { key: 'what', label: 'What happened' },
  { key: 'ticket', label: 'Ticket' },
]

type Looks = { now: Date; titleOf: TitleOf; caption: string; isCaptionHidden?: boolean; empty: Empty }

/** Records as a table: a sentence each, and the way to all that a record says. */
export const recordsTable = (records: readonly KeptRecord[], { now, titleOf, ...looks }: Looks) =>
  tableOf({ ...looks, columns, rows: records.map(kept => rowOf(kept, now, titleOf)) })

function rowOf(kept: KeptRecord, now: Date, titleOf: TitleOf): Row {
  const { seq, record } = kept
  const texts = ['reason', 'comment'].map(name => factOf(record, name)).filter(Boolean)
  const ticket = factOf(record, 'ticket')
  const what: Cell[] = [sentenceOf(kept, titleOf), ...texts.map(quote => ({ quote }))]
  if (isErased(kept)) what.push({ soft: 'Names, addresses and texts were erased.' })
  return {
    cells: {
      record: { link: String(seq), href: `${trailPath}/${seq}` },
      at: timeOf(record, now),
      what,
      ...(ticket && { ticket: { code: ticket } }),
    },
    isOdd: ['auditShortened', 'auditUnreadable'].includes(record.event),
  }
}

/** A record of an earlier release has the instant at which it was written then, too. */
function timeOf(record: AuditRecordRead, now: Date): Cell {
  const before = factOf(record, 'recordedAt')
  return before ? [instantIn(before, now), { soft: 'taken over from an earlier release' }] : instantIn(record.at, now)
}

/** The instant of a record as a cell. */
export function instantIn(text: string, now: Date): Cell {
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? { soft: 'not known' } : { at: datedToTheSecond(at, now) }
}

function positionOf(shown: readonly KeptRecord[]): string {
  const [newest, oldest] = [shown[0]?.seq, shown.at(-1)?.seq]
  if (newest === undefined) return 'No record'
  return newest === oldest ? `1 record, number ${newest}` : `${shown.length} records, numbers ${oldest} to ${newest}`
}

function furtherModel(
  { step, looked, stoppedAt, isBack }: NonNullable<PageOfTrail['further']>,
  params: ListParams,
  now: Date,
) {
  return {
    looked: looked.toLocaleString('en-GB'),
    cell: instantIn(stoppedAt.record.at, now),
    label: isBack ? 'Look further back' : 'Look at newer records',
    href: listAddress(trailPath, params, step),
  }
}

const downloadsOf = (values: ListParams, about: string) => [
  { label: 'CSV', href: listAddress('/trail.csv', values), about },
  { label: 'JSON lines, with proofs', href: listAddress('/trail.jsonl', values), about },
]
