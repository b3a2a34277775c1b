import { type ListParams, listAddress } from './address.ts'
import type { Cell } from './cell.ts'
import { type Sort, sortText } from './sorting.ts'

export type Column = {
  key: string
  label: string
  kind?: 'number' | 'time' | 'id'
  /** The direction in which a first press on the heading sorts; absent where the list cannot be sorted by this. */
  sorts?: 'ascending' | 'descending'
}
/**
 * An act on a row: a link, a form with one button, or an act that cannot be done now and says why. `about` names the row to
 * those who hear the act alone.
 */
export type RowAct = { label: string; about?: string; isStop?: boolean } & (
  | { href: string }
  | { post: string; fields?: Readonly<Record<string, string>> }
  | { why: string }
)
export type Row = {
  /** The id of the element, so that an address can lead to it. */
  id?: string
  cells: Readonly<Record<string, Cell>>
  acts?: readonly RowAct[]
  /** The row that the page was asked for. */
  isHighlighted?: boolean
  /** Wants attention: marked by more than its colour. */
  isOdd?: boolean
}
/** What a list says when there is nothing in it. */
export type Empty = { title: string; detail?: string; act?: { label: string; href: string } }

type Wanted = {
  caption: string
  /** For a table right below a heading that says the same. */
  isCaptionHidden?: boolean
  columns: readonly Column[]
  rows: readonly Row[]
  empty: Empty
  /** Where the list stands, for the headings that sort it. */
  path?: string
  params?: ListParams
  sort?: Sort
}

/** The model of `partials/list/table`. The first column heads its row. A list that is sorted anew begins with its first page. */
export function tableOf({
  caption,
  isCaptionHidden = false,
  columns,
  rows,
  empty,
  path = '',
  params = {},
  sort,
}: Wanted) {
  const hrefFor = (next: Sort) => listAddress(path, params, { sort: sortText(next), page: undefined })
  const headings = columns.map(({ key, label, kind, sorts }) => {
    const isSorted = sort?.by === key
    const isDescending = isSorted ? !sort.isDescending : sorts === 'descending'
    return {
      label,
      kind: kind ?? 'text',
      href: sorts ? hrefFor({ by: key, isDescending }) : '',
      ariaSort: isSorted ? (sort.isDescending ? 'descending' : 'ascending') : '',
    }
  })
  const shown = rows.map(({ id = '', cells, acts = [], isHighlighted = false, isOdd = false }) => ({
    id,
    cells: columns.map(({ key }) => cells[key]),
    acts,
    isHighlighted,
    isOdd,
  }))
  const hasActs = shown.some(({ acts }) => acts.length > 0)
  return { caption, isCaptionHidden, headings, rows: shown, hasActs, empty }
}
