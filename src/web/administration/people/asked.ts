import { paramsIn } from '../../listing/address.ts'
import { type FilterField, filtersOf } from '../../listing/filters.ts'
import { peoplePath } from './addresses.ts'

/** The lists of the page, by the words in its address. */
export const peopleLists = ['on', 'waiting', 'can', 'ending'] as const
export type PeopleList = (typeof peopleLists)[number]
type GateChoice = { gate: string; title: string }

/** What the address of the page asks for: which list, of which gates, by which words, and whether anew. */
export function peopleAsked(query: unknown, gates: readonly GateChoice[]) {
  const fields: FilterField[] = [
    { kind: 'text', name: 'find', label: 'Find', hint: 'A name, a reason or a ticket' },
    ...(gates.length > 1
      ? [
          {
            kind: 'select' as const,
            name: 'gate',
            label: 'Access to',
            options: gates.map(({ gate, title }) => ({ value: gate, label: title })),
          },
        ]
      : []),
  ]
  const { values, params, form } = filtersOf({ path: peoplePath, fields, query, keep: ['show', 'sort'] })
  const { show, new: anew } = paramsIn(query, ['show', 'new'])
  return {
    list: peopleLists.find(each => each === show) ?? 'on',
    text: (values.find ?? '').normalize('NFC').toLowerCase(),
    gates: gates.map(({ gate }) => gate).filter(gate => values.gate === undefined || gate === values.gate),
    isNew: anew !== undefined,
    params,
    filters: form,
  }
}
export type PeopleAsked = ReturnType<typeof peopleAsked>
