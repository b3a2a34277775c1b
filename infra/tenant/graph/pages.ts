import type { Request } from 'express'
import { refuse } from '../refusal.ts'
import type { TenantState } from '../state.ts'

export type Row = Record<string, unknown>
type Mark = { from: number; page: number }

export const queryOf = (request: Request): URLSearchParams => new URL(request.originalUrl, 'http://graph').searchParams

/** The page of a list that the request asks for, counted from 1. */
export const pageOf = (request: Request): number => markOf(request).page

/** One page of a list, with the address of the next page if there is one. */
export function pageFrom(
  state: TenantState,
  request: Request,
  { context, rows, pageSize }: { context: string; rows: readonly Row[]; pageSize: number },
) {
  const size = Math.min(pageSize, state.switches.graphPageSize ?? pageSize)
  const { from, page } = markOf(request)
  const isEmptyOne = state.switches.graphEmptyFirstPage && page === 1
  const to = isEmptyOne ? from : from + size
  const next = isEmptyOne || to < rows.length ? { from: to, page: page + 1 } : undefined
  const link = nextLink(state, request, next)
  const value = rows.slice(from, to).map(row => selected(row, queryOf(request)))
  return {
    '@odata.context': `${graphBaseOf(state)}/$metadata#${context}`,
    ...(link && { '@odata.nextLink': link }),
    value,
  }
}

/** One object, with its context. */
export function answerOne(state: TenantState, request: Request, { context, row }: { context: string; row: Row }): Row {
  const kept = selected(row, queryOf(request))
  return { '@odata.context': `${graphBaseOf(state)}/$metadata#${context}/$entity`, ...kept }
}

export const graphBaseOf = ({ origin }: Pick<TenantState, 'origin'>): string => `${origin}/graph/v1.0`

function nextLink({ origin, switches }: TenantState, request: Request, next: Mark | undefined): string | undefined {
  const lie = switches.graphNextLinkLie
  if (lie === 'loop') return origin + request.originalUrl
  if (!next && !lie) return undefined
  const link = new URL(request.originalUrl, lie ?? origin)
  const mark = next ?? { from: 0, page: 2 }
  link.searchParams.set('$skiptoken', Buffer.from(JSON.stringify(mark)).toString('base64url'))
  return link.href
}

function markOf(request: Request): Mark {
  const token = queryOf(request).get('$skiptoken')
  if (token === null) return { from: 0, page: 1 }
  try {
    const { from, page } = JSON.parse(Buffer.from(token, 'base64url').toString())
    return { from: Number(from), page: Number(page) }
  } catch {
    return refuse(400, 'Request_BadRequest', 'The skip token is not valid.')
  }
}

/** The value of `$top`, where it has an effect. */
export function topOf(request: Request, usual: number): number {
  const top = queryOf(request).get('$top')
  if (top === null) return usual
  const size = Number(top)
  if (!Number.isInteger(size) || size < 1 || size > 999)
    refuse(400, 'Request_UnsupportedQuery', 'The value of $top must be between 1 and 999.')
  return size
}

function selected(row: Row, query: URLSearchParams): Row {
  const names = query
    .get('$select')
    ?.split(',')
    .map(name => name.trim().toLowerCase())
  if (!names || names.includes('*')) return row
  const expanded: readonly string[] = query.get('$expand')?.match(/\w+/g) ?? []
  const kept = Object.entries(row).filter(
    ([name]) => name.startsWith('@odata.') || names.includes(name.toLowerCase()) || expanded.includes(name),
  )
  return Object.fromEntries(kept)
}
