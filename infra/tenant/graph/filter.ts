import type { Request } from 'express'
import { refuse } from '../refusal.ts'
import { queryOf, type Row } from './pages.ts'

export type Filter = Record<string, string>

/** The comparisons (eq) of a `$filter`. Graph here refuses any other filter. */
export function filterIn(request: Request, filterable: readonly string[]): Filter {
  const filter = queryOf(request).get('$filter')
  if (filter === null) return {}
  const parts = filter.split(/ and /i).map(part => /^\s*\(?(\w+) eq (?:'([^']*)'|(true|false))\)?\s*$/i.exec(part))
  if (parts.some(part => !part || !filterable.includes(part[1] ?? '')))
    refuse(400, 'InvalidFilter', `The filter is not supported: ${filter}`)
  return Object.fromEntries(parts.map(part => [part?.[1], part?.[2] ?? part?.[3]]))
}

/** Compares ids and enumerations without regard to case. */
export function matching<Some extends { row: Row }>(entries: readonly Some[], filter: Filter): Some[] {
  const equal = ({ row }: Some, [name, value]: [string, string]) =>
    String(row[name]).toLowerCase() === value.toLowerCase()
  return entries.filter(entry => Object.entries(filter).every(each => equal(entry, each)))
}
