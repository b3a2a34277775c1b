import type { PersonNames } from '../../../entra/directory/names-of-many.ts'
import type { GatePeople } from '../../../pim/people/gate-people.ts'
import type { ListParams } from '../../listing/address.ts'
import type { Cell } from '../../listing/cell.ts'
import { pageIn, pageOf } from '../../listing/paging.ts'
import { inOrder, sortIn } from '../../listing/sorting.ts'
import { type Column, type Empty, type Row, tableOf } from '../../listing/table.ts'
import { peoplePath } from './addresses.ts'

/** Somebody in a list of the page, at one gate. */
export type ListedPerson<Item> = Item & { gate: string; title: string; names: PersonNames | undefined }
type OfPerson = { id: string }

/** The words by which a row is found. */
export const foundText = <Item extends OfPerson>({ id, names, ...item }: ListedPerson<Item>): string => {
  const { reason = '', ticket = '' } = item as { reason?: string; ticket?: string }
  return [names?.name, names?.username, id, reason, ticket].join('\n').normalize('NFC').toLowerCase()
}

/** Everybody in one list of the gates, with their names. */
export const listedIn = <Item extends OfPerson>(
  people: readonly GatePeople[],
  names: ReadonlyMap<string, PersonNames>,
  itemsOf: (gate: GatePeople) => readonly Item[],
): ListedPerson<Item>[] =>
  people.flatMap(at =>
    itemsOf(at).map(item => ({ ...item, gate: at.gate, title: at.title, names: names.get(item.id) })),
  )

/** The name of a person as a cell, with the user name and what else there is to say below it. */
export function nameCell<Item extends OfPerson>({ id, names }: ListedPerson<Item>, ...more: readonly string[]): Cell {
  const soft = more.filter(Boolean).map(text => ({ soft: text }))
  if (!names) return [{ soft: 'Name not shown' }, { code: id }, ...soft]
  return [names.name, ...(names.username ? [{ soft: names.username }] : []), ...soft]
}

/** The name by which somebody is called in a sentence. */
export const calledName = ({ id, names }: { id: string; names: PersonNames | undefined }): string => names?.name ?? id

/** Why somebody has access, and for which ticket. */
export const reasonCell = ({ reason, ticket }: { reason?: string | undefined; ticket?: string | undefined }): Cell =>
  reason || ticket ? [...(reason ? [{ quote: reason }] : []), ...(ticket ? [{ code: ticket }] : [])] : undefined

/** How one list of the page is shown. */
export type Section<Item extends OfPerson> = {
  caption: string
  columns: readonly Column[]
  /** What a row is sorted by, for each column that sorts. */
  keys: Readonly<Record<string, (row: ListedPerson<Item>) => string | number | undefined>>
  otherwise: string
  empty: Empty
}
type Shown<Item> = {
  rows: readonly ListedPerson<Item>[]
  query: unknown
  params: ListParams
  hasGates: boolean
  /** In place of what the list says when there is nothing in it. */
  empty?: Empty | undefined
  rowFor: (row: ListedPerson<Item>) => Row
  /** Asked for the rows of the page alone. */
  before?: (rows: readonly ListedPerson<Item>[]) => Promise<unknown>
}

/** The table of a list and its pager: in the order that the address asks for, and a page of it. */
export async function tableOfSection<Item extends OfPerson>(section: Section<Item>, shown: Shown<Item>) {
  const { caption, columns, keys, otherwise } = section
  const { query, params, hasGates, empty = section.empty } = shown
  const sort = sortIn(query, { by: Object.keys(keys), otherwise })
  const sorted = inOrder(shown.rows, sort, keys[sort.by] ?? (() => undefined))
  const about = { path: peoplePath, params, label: `Pages of: ${caption}` }
  const { rows, pager } = pageOf({ rows: sorted, page: pageIn(query), ...about })
  await shown.before?.(rows)
  const table = tableOf({
    caption,
    isCaptionHidden: true,
    columns: columns.filter(({ key }) => hasGates || key !== 'gate'),
    rows: rows.map(shown.rowFor),
    empty,
    ...{ path: peoplePath, params, sort },
  })
  return { table, pager }
}
