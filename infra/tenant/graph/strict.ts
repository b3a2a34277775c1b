import type { Request } from 'express'
import { refuse } from '../refusal.ts'
import type { Kind } from './kinds/kind.ts'
import { fits } from './kinds/values.ts'
import { derived, kinds } from './kinds.ts'
import { queryOf } from './pages.ts'

const options: Record<'list' | 'item' | 'unexpanded' | 'selected' | 'filtered' | 'all' | 'act', readonly string[]> = {
  list: ['$count', '$expand', '$filter', '$format', '$orderby', '$search', '$select', '$skip', '$skiptoken', '$top'],
  item: ['$expand', '$format', '$select'],
  /** Policies that a condition hangs on: nothing of them can be expanded. */
  unexpanded: ['$count', '$filter', '$format', '$orderby', '$select', '$skip', '$skiptoken', '$top'],
  selected: ['$format', '$select'],
  filtered: ['$filter', '$skiptoken'],
  /** Graph's description excludes every option for subscriptions. */
  all: ['$skiptoken'],
  act: [],
}

/** What a call asks for: one object, a list, or all objects; or it is an act with a body. */
export type Asked = { kind: keyof typeof kinds; as: keyof typeof options }

/**
 * Throws Graph's 400 for an option, a property or a body that Graph does not know. A parameter without a dollar is
 * ignored, as in Graph.
 */
export function checkAsked(request: Request, { kind, as }: Asked): void {
  const query = queryOf(request)
  const isList = as === 'item' && /filterByCurrentUser\(/i.test(request.path)
  for (const name of query.keys())
    if (name.startsWith('$') && !options[isList ? 'list' : as].includes(name.toLowerCase()))
      refuse(400, 'BadRequest', `The query option '${name}' is not allowed.`)
  for (const name of new Set(query.keys()))
    if (name.startsWith('$') && query.getAll(name).length > 1)
      refuse(400, 'BadRequest', `The query option '${name}' was given more than once.`)
  const shape = kinds[kind]
  checkSelect(query.get('$select'), shape)
  checkExpand(query.get('$expand'), shape)
  if (as === 'act') checkBody(request.body, shape)
}

const isName = (name: string, shape: Kind) => {
  const all = [shape, ...(derived[keyOf(shape)] ?? [])].flatMap(({ names }) => names)
  return all.some(each => each.toLowerCase() === name.toLowerCase()) || /^extension_\w+$/.test(name)
}

const kindOf = (name: string): Kind => (kinds as Record<string, Kind>)[name] ?? kinds.nothing

const keyOf = (shape: Kind) => Object.entries(kinds).find(([, each]) => each === shape)?.[0] ?? ''

function checkSelect(select: string | null, shape: Kind): void {
  for (const name of select?.split(',').map(each => each.trim()) ?? [])
    if (name !== '*' && !isName(name, shape))
      refuse(400, 'BadRequest', `Could not find a property named '${name}' on type '${shape.type}'.`)
}

/** `name`, or `name($select=…;$expand=…)`; several, with commas between them. */
function checkExpand(expand: string | null, shape: Kind): void {
  for (const [, name = '', nested] of expandedIn(expand)) {
    if (!isName(name, shape))
      refuse(400, 'BadRequest', `Could not find a property named '${name}' on type '${shape.type}'.`)
    const inner = shape.of[name]
    for (const part of split(nested ?? '', ';')) {
      const [option = '', value = ''] = [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]
      if (!options.list.includes(option.trim()))
        refuse(400, 'BadRequest', `The query option '${option}' is not allowed.`)
      // This tenant does not know the names of objects that it never shows.
      if (inner && option.trim() === '$select') checkSelect(value, kindOf(inner))
      if (inner && option.trim() === '$expand') checkExpand(value, kindOf(inner))
    }
  }
}

const expandedIn = (expand: string | null) =>
  split(expand ?? '', ',').map(part => /^\s*([\w*/.]+)(?:\((.*)\))?\s*$/.exec(part) ?? ['', part])

/** Splits a text at the separators that stand outside parentheses. */
function split(text: string, separator: string): string[] {
  const parts = ['']
  let depth = 0
  for (const letter of text) {
    if (letter === '(') depth += 1
    if (letter === ')') depth -= 1
    if (letter === separator && depth === 0) parts.push('')
    else parts[parts.length - 1] += letter
  }
  return parts.filter(part => part.trim() !== '')
}

/** The names after `$select` of an expanded object; undefined means all properties. */
export function selectedIn(request: Request, name: string): readonly string[] | undefined {
  const [, , nested = ''] = expandedIn(queryOf(request).get('$expand')).find(each => each[1] === name) ?? []
  return split(nested, ';')
    .find(part => part.trim().startsWith('$select='))
    ?.split('=')[1]
    ?.split(',')
    .map(each => each.trim())
}

function checkBody(body: unknown, shape: Kind): void {
  if (Array.isArray(body)) for (const each of body) checkBody(each, shape)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return
  const own = typed(body, shape)
  for (const [name, value] of Object.entries(body)) {
    if (name.includes('@')) continue
    if (!own.names.includes(name))
      refuse(400, 'BadRequest', `The property '${name}' does not exist on type '${own.type}'.`)
    const type = own.values[name]
    if (type && !fits(value, type))
      refuse(400, 'BadRequest', `The value of the property '${name}' is not of the type '${type}'.`)
    const inner = own.of[name]
    if (inner) checkBody(value, kindOf(inner))
  }
}

/** The kind that the body names, where it may be one of several. */
function typed(body: object, shape: Kind): Kind {
  const said = '@odata.type' in body ? String(body['@odata.type']).replace('#', '') : ''
  const several = derived[keyOf(shape)] ?? []
  const one = several.find(({ type }) => type === said)
  return one ?? { ...shape, names: [...shape.names, ...several.flatMap(({ names }) => names)] }
}
