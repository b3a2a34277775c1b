import type { GateSettings } from '../../../config/gates.ts'
import type { Ledger } from '../../../session/ledger/ledger.ts'
import type { KeptRecord } from '../../../session/ledger/reading.ts'
import { type ListParams, listAddress, paramsIn } from '../../listing/address.ts'
import { type FilterField, filtersOf } from '../../listing/filters.ts'
import { textsIn } from './facts-of-record.ts'
import { kindOf, kindOptions } from './kinds.ts'

export const trailPath = '/trail'

/** The filter of an address. `values` are what counts of it, as texts; empty for the whole trail. */
export type TrailFilter = {
  values: ListParams
  from: Date | undefined
  until: Date | undefined
}

/**
 * Reads the filter of the trail from an address. `form` and `params` are for the page. `isWithReading`: what people read is shown,
 * too. `faultyPath`: part of the filter cannot be right, and the page at this path says which.
 */
export function trailFilterOf(query: unknown, gates: readonly GateSettings[]) {
  const fields = fieldsFor(gates, query)
  const { values: all, params, from, until, form } = filtersOf({ path: trailPath, fields, query, keep: [] })
  const { reading, ...values } = all
  const filter: TrailFilter = { values, from, until }
  const isFaulty = fields.some(({ name }) => isGiven(query, name) && all[name] === undefined)
  return {
    filter,
    params,
    form,
    isWithReading: reading !== undefined || values.act === 'reading',
    // A download without the part of a filter that cannot be right would hold more than was asked for.
    ...(isFaulty && {
      faultyPath: listAddress(
        trailPath,
        paramsIn(
          query,
          fields.map(({ name }) => name),
        ),
      ),
    }),
  }
}

const isGiven = (query: unknown, name: string) =>
  textsIn((query as Record<string, unknown>)[name]).some(text => text.trim() !== '')

const begins = 'from'
const ends = 'to'

function fieldsFor(gates: readonly GateSettings[], query: unknown): FilterField[] {
  // A field of a day cannot show a time that the address has.
  const withTime = (name: string) => (textsIn((query as Record<string, unknown>)[name])[0] ?? '').includes('T')
  return [
    { kind: 'text', name: 'person', label: 'Person or object id' },
    { kind: 'select', name: 'act', label: 'What', any: 'Everything', options: kindOptions },
    {
      kind: 'select',
      name: 'gate',
      label: 'Access to',
      any: 'Everything',
      options: gates.map(({ name, title }) => ({ value: name, label: title })),
    },
    { kind: 'begin', name: begins, label: 'From (UTC)', withTime: withTime(begins) },
    { kind: 'end', name: ends, label: 'To (UTC)', withTime: withTime(ends) },
    { kind: 'text', name: 'ticket', label: 'Ticket', isMore: true },
    { kind: 'text', name: 'text', label: 'Text', hint: 'In a reason, a comment, a page, an id', isMore: true },
    { kind: 'text', name: 'record', label: 'Number of a record', isMore: true },
    { kind: 'tick', name: 'reading', label: 'Show who has read these pages, too', isMore: true },
  ]
}

/**
 * The numbers among which the records of a filter are: from the first on, and below the other, which is below `size`. Throws
 * Problem('redis-away').
 */
export async function boundsOf(
  { values, from, until }: TrailFilter,
  ledger: Pick<Ledger, 'seqAt'>,
  size: number,
): Promise<{ from: number; to: number }> {
  const one = numberIn(values.record)
  if (values.record !== undefined)
    return one === undefined ? { from: 0, to: 0 } : { from: one, to: Math.min(one + 1, size) }
  const [begin, end] = await Promise.all([from ? ledger.seqAt(from) : 0, until ? ledger.seqAt(until) : size])
  return { from: begin, to: Math.min(end, size) }
}

/** The number of a record as an address writes it; undefined for any other text. */
export const numberIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined

/** Tells whether a record is one of those that a filter asks for. The times count here too: Redis's clock may have been set back. */
export function wantedBy({ values, from, until }: TrailFilter): (kept: Pick<KeptRecord, 'record'>) => boolean {
  const { person, gate, act, ticket, text } = values
  const isIn = (part: string, texts: readonly unknown[]) => {
    const sought = part.toLowerCase()
    return texts.flatMap(textsIn).some(each => each.toLowerCase().includes(sought))
  }
  const [begin, end] = [from?.toISOString(), until?.toISOString()]
  return ({ record }) => {
    const { at } = record
    // Without an instant is a record that cannot be read: it is shown where it stands.
    if (at !== '' && ((begin !== undefined && at < begin) || (end !== undefined && at >= end))) return false
    if (gate !== undefined && record.gate !== gate) return false
    if (act !== undefined && kindOf(record.event) !== act) return false
    if (ticket !== undefined && !isIn(ticket, [record.ticket])) return false
    if (person !== undefined && !isIn(person, [record.actor, record.subject, record.by, record.person])) return false
    return text === undefined || isIn(text, [record])
  }
}
