import { type ListParams, listAddress, paramsIn } from './address.ts'

/** Rows on one page of a list, unless it says otherwise. */
export const rowsOnAPage = 100

type Step = { label: string; href: string }
/** The model of `partials/list/pagination`. A list that has one page only says how many rows it has. */
export type Pager = { label: string; position: string; previous?: Step; next?: Step }

/** The number of the page that a query asks for, from 1. */
export function pageIn(query: unknown): number {
  const { page = '' } = paramsIn(query, ['page'])
  return /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1
}

type Paged<Row> = { rows: readonly Row[]; page: number; size?: number; path: string; params: ListParams; label: string }

/**
 * One page of all rows, with its pager. A page after the last shows the last. `label` names the list to people who hear the
 * page: "Pages of the trail".
 */
export function pageOf<Row>({ rows, page, size = rowsOnAPage, path, params, label }: Paged<Row>): {
  rows: readonly Row[]
  pager: Pager
} {
  const total = rows.length
  const last = Math.max(1, Math.ceil(total / size))
  const shown = Math.min(page, last)
  const begin = (shown - 1) * size
  const part = rows.slice(begin, begin + size)
  const to = (number: number) => listAddress(path, params, { page: number === 1 ? undefined : String(number) })
  return {
    rows: part,
    pager: {
      label,
      position: last === 1 ? `${total} in all` : `${begin + 1}–${begin + part.length} of ${total}`,
      ...(shown > 1 && { previous: { label: 'Previous', href: to(shown - 1) } }),
      ...(shown < last && { next: { label: 'Next', href: to(shown + 1) } }),
    },
  }
}

/** The pager of a list whose length nobody knows, newest first: what leads on is a parameter of the list's own. */
export function newerAndOlder({
  path,
  params,
  label,
  position,
  newer,
  older,
}: {
  path: string
  params: ListParams
  label: string
  /** What the page shows, in words. */
  position: string
  /** The changes to the parameters that lead there; absent where nothing is. */
  newer?: Readonly<Record<string, string | undefined>> | undefined
  older?: Readonly<Record<string, string | undefined>> | undefined
}): Pager {
  const to = (changes: Readonly<Record<string, string | undefined>>) => listAddress(path, params, changes)
  return {
    label,
    position,
    ...(newer && { previous: { label: 'Newer', href: to(newer) } }),
    ...(older && { next: { label: 'Older', href: to(older) } }),
  }
}
