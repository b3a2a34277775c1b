import type { Request } from 'express'
import { refuse } from '../refusal.ts'
import { queryOf, type Row } from './pages.ts'

/** The properties that a list can be filtered by. Graph writes strings in quotes, and GUIDs without. */
export type Comparable = Readonly<Record<string, 'string' | 'guid'>>

const shapes = {
  string: /^'((?:[^']|'')*)'$/,
  guid: /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i,
}

/** The rows that meet the `$filter`: comparisons with eq, joined by `and`. Without it all of them. */
export function filtered<Some extends Row>(request: Request, rows: readonly Some[], comparable: Comparable): Some[] {
  const filter = queryOf(request).get('$filter')
  if (filter === null) return [...rows]
  const wanted = comparisonsIn(filter).map(([name, literal]) => [name, valueIn(name, literal, comparable)] as const)
  return rows.filter(row => wanted.every(([name, value]) => textOf(row[name]) === value))
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value.toLowerCase() : undefined)

/** Names and literals. The quotes around a literal may hold anything, also ` and `. */
function comparisonsIn(filter: string): [string, string][] {
  const one = /^\s*(\w+) eq ('(?:[^']|'')*'|[\w-]+)\s*(?:$|and\b)/i
  const found: [string, string][] = []
  for (let rest = filter; rest !== ''; ) {
    const [whole = '', name = '', literal = ''] = one.exec(rest) ?? []
    if (!whole) refuse(400, 'Request_UnsupportedQuery', `The filter is not supported: ${filter}`)
    found.push([name, literal])
    rest = rest.slice(whole.length)
  }
  return found
}

function valueIn(name: string, literal: string, comparable: Comparable): string {
  const type = comparable[name]
  if (!type) return refuse(400, 'Request_UnsupportedQuery', `The property '${name}' cannot be filtered by here.`)
  const [, value] = shapes[type].exec(literal) ?? []
  if (value === undefined)
    return refuse(400, 'BadRequest', `A binary operator with incompatible types was detected: '${name}' is a ${type}.`)
  return value.replaceAll("''", "'").toLowerCase()
}
