import { paramsIn } from './address.ts'

/** The column by which a list is sorted. In an address it is `sort=since`, or `sort=-since` from the last to the first. */
export type Sort = { by: string; isDescending: boolean }

/** The order that a query asks for, if `by` names its column; else `otherwise`, which is written as in an address. */
export function sortIn(query: unknown, { by, otherwise }: { by: readonly string[]; otherwise: string }): Sort {
  const wanted = readSort(paramsIn(query, ['sort']).sort ?? otherwise)
  return by.includes(wanted.by) ? wanted : readSort(otherwise)
}

const readSort = (text: string): Sort => ({ by: text.replace(/^-/, ''), isDescending: text.startsWith('-') })

/** An order as it stands in an address. */
export const sortText = ({ by, isDescending }: Sort): string => (isDescending ? `-${by}` : by)

const words = new Intl.Collator('en-GB', { numeric: true, sensitivity: 'base' })

/** The rows in this order. Rows without a value come last, whichever the direction, and equal rows stay as they were. */
export function inOrder<Row>(
  rows: readonly Row[],
  { isDescending }: Pick<Sort, 'isDescending'>,
  keyOf: (row: Row) => string | number | undefined,
): Row[] {
  const [less, more] = isDescending ? [1, -1] : [-1, 1]
  const valued = rows.map(row => ({ row, value: keyOf(row) }))
  return valued
    .sort(({ value: one }, { value: other }) => {
      if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined)
      const apart =
        typeof one === 'number' && typeof other === 'number' ? one - other : words.compare(String(one), String(other))
      return apart === 0 ? 0 : apart < 0 ? less : more
    })
    .map(({ row }) => row)
}
