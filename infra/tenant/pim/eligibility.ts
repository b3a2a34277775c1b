import type { GroupKey } from '../directory/managed.ts'
import { type MoreEligible, seededEligibilities } from '../directory/seeds.ts'

export type Eligibility = { id: string; key: string; from: Date; until: Date | undefined }

export type Eligibilities = ReturnType<typeof createEligibilities>

type Parts = { clock: () => Date; group: GroupKey; more: MoreEligible | undefined }

/** The people who may turn on access to one group, with their ends. */
export function createEligibilities({ clock, group, more }: Parts) {
  const rows: Eligibility[] = seededEligibilities(clock(), group, more)
  return { rows, now, planned, add, moveEnd }

  /** The eligibility in force now. */
  function now(key: string): Eligibility | undefined {
    return planned().find(row => row.key === key && row.from <= clock())
  }

  /** The eligibilities in force or still to come. */
  function planned(): Eligibility[] {
    return rows.filter(({ until }) => !until || until > clock())
  }

  function add(row: Eligibility): void {
    rows.push(row)
  }

  function moveEnd(id: string, until: Date | undefined): void {
    const row = rows.find(each => each.id === id)
    if (row) row.until = until
  }
}
