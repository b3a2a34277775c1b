import type { Request } from 'express'
import { type Caller, demand } from '../caller.ts'
import { everybody } from '../directory/people.ts'
import { refuse } from '../refusal.ts'
import type { TenantState } from '../state.ts'
import { peopleReaders, personRow } from './names.ts'
import { pageFrom, queryOf, type Row, topOf } from './pages.ts'
import type { GraphReply } from './reply.ts'

type Condition = (row: Row) => boolean

const readable = ['id', 'displayName', 'userPrincipalName', 'mail']
const searchable = readable.slice(1)

/**
 * The people of the directory, by a filter or a search. The search takes the header that Graph wants for it, and
 * `$filter` takes eq, in and startswith, joined by `or` or by `and`. Graph takes no `$skip` here.
 */
export function listUsers(state: TenantState, request: Request, caller: Caller): GraphReply {
  demand(caller, { delegated: [peopleReaders], application: [peopleReaders.slice(1)] })
  const query = queryOf(request)
  if (query.has('$skip')) refuse(400, 'Request_UnsupportedQuery', 'Skip is not supported by this resource.')
  const filter = conditionOf(query.get('$filter'), { parts: filterParts, joint: / (or|and) /i, what: 'filter' })
  const search = conditionOf(query.get('$search'), { parts: searchParts, joint: / (OR|AND) /, what: 'search' })
  if (query.has('$search') && request.get('consistencylevel') !== 'eventual')
    refuse(
      400,
      'Request_UnsupportedQuery',
      'Request with $search query parameter only works through MSGraph with a special request header: ConsistencyLevel: eventual',
    )
  const rows = everybody.map(person => personRow(state, person)).filter(row => filter(row) && search(row))
  return { body: pageFrom(state, request, { context: 'users', rows, pageSize: topOf(request, 100) }) }
}

type Grammar = { parts: (text: string) => Condition | undefined; joint: RegExp; what: string }

/** The condition in an option of the query; without the option everybody meets it. */
function conditionOf(text: string | null, { parts, joint, what }: Grammar): Condition {
  if (text === null) return () => true
  const [first = '', ...rest] = splitOutsideQuotes(text, joint)
  const words = new Set(rest.filter((_, index) => index % 2 === 0).map(word => word.toLowerCase()))
  const found = [first, ...rest.filter((_, index) => index % 2 === 1)].map(each => parts(each.trim()))
  if (words.size > 1 || found.includes(undefined))
    refuse(400, 'Request_UnsupportedQuery', `The ${what} is not supported here: ${text}`)
  const conditions = found as Condition[]
  return words.has('and') ? row => conditions.every(each => each(row)) : row => conditions.some(each => each(row))
}

/** Splits at the joints that stand outside quotes, and keeps the joints' words between the parts. */
function splitOutsideQuotes(text: string, joint: RegExp): string[] {
  const hidden: string[] = []
  const bare = text.replace(/'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"/g, quoted => `\0${hidden.push(quoted) - 1}\0`)
  return bare.split(joint).map(part => part.replace(/\0(\d+)\0/g, (_, index) => hidden[Number(index)] ?? ''))
}

const unquoted = (value: string) => value.slice(1, -1).replaceAll("''", "'").toLowerCase()
const known = (name: string | undefined, names: readonly string[]) => names.find(each => each === name)
const textOf = (row: Row, name: string) => String(row[name] ?? '').toLowerCase()

function filterParts(text: string): Condition | undefined {
  const [, called, starts] = /^startswith\((\w+),\s*('(?:[^']|'')*')\)$/i.exec(text) ?? []
  const [, compared, operator, value] = /^(\w+) (eq|in) (.+)$/i.exec(text) ?? []
  const name = known(called ?? compared, readable)
  if (!name) return undefined
  if (starts) return row => textOf(row, name).startsWith(unquoted(starts))
  const values = value?.match(/'(?:[^']|'')*'/g)?.map(unquoted) ?? []
  const isWhole =
    operator?.toLowerCase() === 'in' ? /^\(.*\)$/.test(value ?? '') && values.length <= 15 : values.length === 1
  return isWhole && values.length > 0 ? row => values.includes(textOf(row, name)) : undefined
}

/** A search for words finds them at the beginning of a word of the name, and of an address as a whole. */
function searchParts(text: string): Condition | undefined {
  const [, named, wanted = ''] = /^"(\w+):((?:[^"\\]|\\.)*)"$/.exec(text) ?? []
  const name = known(named, searchable)
  const words = wanted
    .replace(/\\(.)/g, '$1')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}@._-]+/u)
    .filter(Boolean)
  if (!name || words.length === 0) return undefined
  if (name !== 'displayName') return row => textOf(row, name).startsWith(words.join(' '))
  return row => {
    const tokens = textOf(row, name).split(/[^\p{L}\p{M}\p{N}]+/u)
    return words.every(word => tokens.some(token => token.startsWith(word)))
  }
}
