import { type ListParams, listAddress, paramsIn } from './address.ts'
import type { Field, Option } from './field.ts'
import { givenSpan } from './given-instant.ts'

type Named = { name: string; label: string; hint?: string; isMore?: boolean }
/** A field by which a list is filtered. Those with `isMore` are folded away until one of them is used. */
export type FilterField = Named &
  (
    | { kind: 'text' }
    | { kind: 'select'; options: readonly Option[]; any?: string }
    /** Both ends count. Days, or with `withTime` minutes, in UTC. */
    | { kind: 'begin' | 'end'; withTime?: boolean }
    | { kind: 'tick' }
  )

type Asked = {
  path: string
  fields: readonly FilterField[]
  query: unknown
  /** Parameters that are no filters and stay when the filters change. */
  keep?: readonly string[]
}

/**
 * The filters of a list, as its address gives them. `params` are all parameters of the list that count: hand them to what
 * leads on to other pages and orders. `from` and `until` are the ends of the time asked for; `until` is the first ms after
 * it. `form` is the model of `partials/list/filters`. A value that cannot be right counts for nothing, and its field says so.
 */
export function filtersOf({ path, fields, query, keep = ['sort'] }: Asked) {
  const given = paramsIn(
    query,
    fields.map(({ name }) => name),
  )
  const errors = Object.fromEntries(fields.map(field => [field.name, errorOf(field, given[field.name])]))
  const values: ListParams = Object.fromEntries(Object.entries(given).filter(([name]) => !errors[name]))
  const kept = paramsIn(query, keep)
  const params = { ...values, ...kept }
  const used = fields.filter(({ name }) => values[name] !== undefined)
  const shown = (field: FilterField) => fieldOf(field, given[field.name] ?? '', errors[field.name] ?? '')
  const spanOf = (kind: 'begin' | 'end') => {
    const name = fields.find(field => field.kind === kind)?.name
    return name === undefined ? undefined : givenSpan(values[name] ?? '')
  }
  return {
    values,
    params,
    from: spanOf('begin')?.from,
    until: spanOf('end')?.until,
    form: {
      path,
      kept: Object.entries(kept).map(([name, value]) => ({ name, value })),
      fields: fields.filter(({ isMore }) => !isMore).map(shown),
      more: fields.filter(({ isMore }) => isMore).map(shown),
      isMoreOpen: fields.some(({ isMore, name }) => isMore && given[name] !== undefined),
      active: used.map(field => ({
        text: activeText(field, values[field.name] ?? ''),
        href: listAddress(path, params, { [field.name]: undefined }),
      })),
      clear: Object.keys(given).length > 0 ? listAddress(path, kept) : '',
    },
  }
}

function errorOf(field: FilterField, value: string | undefined): string {
  if (value === undefined) return ''
  if (field.kind === 'begin' || field.kind === 'end')
    return givenSpan(value) ? '' : 'This is no date. Write it as 2026-03-31.'
  if (field.kind === 'select')
    return field.options.some(option => option.value === value) ? '' : 'Choose one of the list.'
  return ''
}

function fieldOf(field: FilterField, value: string, error: string): Field {
  const { name, label, hint } = field
  const common = { id: `filter-${name}`, name, label, value, error, ...(hint && { hint }) }
  if (field.kind === 'text') return { ...common, kind: 'text', maxLength: 200 }
  if (field.kind === 'tick') return { ...common, kind: 'tick', value: 'yes', isTicked: value !== '' }
  if (field.kind === 'select')
    return { ...common, kind: 'select', options: [{ value: '', label: field.any ?? 'Any' }, ...field.options] }
  return { ...common, kind: field.withTime ? 'minute' : 'day' }
}

function activeText(field: FilterField, value: string): string {
  if (field.kind === 'tick') return field.label
  const said = field.kind === 'select' ? field.options.find(option => option.value === value)?.label : undefined
  return `${field.label}: ${said ?? value.replace('T', ' ')}`
}
