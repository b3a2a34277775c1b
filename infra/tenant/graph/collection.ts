import type { Request } from 'express'
import { type Caller, me } from '../caller.ts'
import { type GroupKey, idOfGroup } from '../directory/managed.ts'
import { personBy } from '../directory/people.ts'
import { denied, GraphRefusal, refuse } from '../refusal.ts'
import type { TenantState } from '../state.ts'
import { filterIn, matching } from './filter.ts'
import { groupFor } from './groups/rows.ts'
import { personFor } from './names.ts'
import { answerOne, pageFrom, queryOf, type Row } from './pages.ts'
import { demandOneOf } from './pim/scopes.ts'
import { pimShown } from './pim/shown.ts'
import { manages } from './pim/standing.ts'
import type { GraphReply } from './reply.ts'
import { selectedIn } from './strict.ts'

export type Part = 'principal' | 'createdBy' | 'approver'

/** A row, the group and the person that it is about, and the people who take part in it. */
export type Entry = {
  row: Row
  group: GroupKey
  key: string
  by?: string | undefined
  isApprover?: (key: string) => boolean
}

/** One of PIM's six collections. */
export type Collection = {
  name: string
  readers: readonly string[]
  parts: readonly Part[]
  filterable: readonly string[]
  entries: (state: TenantState) => Entry[]
}

const root = 'identityGovernance/privilegedAccess/group'

/** The list. It demands a filter on a group or a person. It ignores $top and the like, as Graph may. */
export function list(collection: Collection) {
  return (state: TenantState, request: Request, caller: Caller): GraphReply => {
    demandReader(state, caller, collection)
    const filter = filterIn(request, collection.filterable)
    if (!filter.groupId && !filter.principalId)
      refuse(400, 'InvalidFilter', 'The filter must compare groupId or principalId with eq.')
    const isOwn = filter.principalId?.toLowerCase() === caller.person?.oid
    const group = pimShown(state, filter.groupId)?.group
    const isOfOwnGroup = group !== undefined && isInGroup(state, caller, group)
    if (!manages(state, caller, group) && !isOwn && !isOfOwnGroup) throw new GraphRefusal(denied)
    return page(state, request, { collection, caller, entries: collection.entries(state) })
  }
}

/** One row, or the caller's own rows: the function filterByCurrentUser stands in the place of an id. */
export function one(collection: Collection) {
  return (state: TenantState, request: Request, caller: Caller): GraphReply => {
    demandReader(state, caller, collection)
    const id = String(request.params.id)
    const call = /^filterByCurrentUser\(on='(\w*)'\)$/i.exec(id)
    if (call) return listOwn(state, request, { collection, caller, on: call[1] ?? '' })
    const entry = collection.entries(state).find(({ row }) => String(row.id).toLowerCase() === id.toLowerCase())
    if (!entry) return refuse(404, 'ResourceNotFound', 'The object does not exist.')
    const person = caller.person?.key ?? ''
    const hasPart = (['principal', 'createdBy', 'approver'] as const).some(part => stands[part](entry, person))
    const isOfOwnGroup = isInGroup(state, caller, entry.group)
    if (!manages(state, caller, entry.group) && !hasPart && !isOfOwnGroup) throw new GraphRefusal(denied)
    const row = expanded(state, request, { entry, caller })
    return { body: answerOne(state, request, { context: `${root}/${collection.name}`, row }) }
  }
}

/** Reading requests may need more than the permission to read. That is not certain, so a switch plays either. */
function demandReader({ switches }: TenantState, caller: Caller, { name, readers }: Collection): void {
  const isWriterOnly = switches.requestReaders === 'writers' && name.endsWith('ScheduleRequests')
  demandOneOf(caller, isWriterOnly ? readers.filter(each => each.includes('ReadWrite')) : readers)
}

/** Members and owners of a group may read PIM's lists about it. */
const isInGroup = ({ directory, clock }: TenantState, { person }: Caller, group: GroupKey): boolean =>
  person !== undefined && directory.of(group).membersAt(clock()).includes(person.key)

const stands: Record<Part, (entry: Entry, person: string) => boolean> = {
  principal: ({ key }, person) => key === person,
  createdBy: ({ by }, person) => by === person,
  approver: ({ isApprover }, person) => isApprover?.(person) ?? false,
}

type Asked = { collection: Collection; caller: Caller }

function listOwn(state: TenantState, request: Request, { on, ...asked }: Asked & { on: string }): GraphReply {
  const { key } = me(asked.caller)
  const part = asked.collection.parts.find(each => each.toLowerCase() === on.toLowerCase())
  if (!part) return refuse(400, 'BadRequest', `The value '${on}' of the parameter 'on' is not valid.`)
  const entries = asked.collection.entries(state).filter(entry => stands[part](entry, key))
  return page(state, request, { ...asked, entries })
}

function page(state: TenantState, request: Request, { collection, caller, entries }: Asked & { entries: Entry[] }) {
  const found = matching(entries, filterIn(request, collection.filterable))
  const rows = found.map(entry => expanded(state, request, { entry, caller }))
  return { body: pageFrom(state, request, { context: `${root}/${collection.name}`, rows, pageSize: 100 }) }
}

function expanded(state: TenantState, request: Request, { entry, caller }: { entry: Entry; caller: Caller }): Row {
  const expand = queryOf(request).get('$expand') ?? ''
  const only = (row: Row, name: string): Row => {
    const wanted = selectedIn(request, name)
    if (!wanted) return row
    return Object.fromEntries(Object.entries(row).filter(([each]) => each.startsWith('@') || wanted.includes(each)))
  }
  return {
    ...entry.row,
    ...(/\bprincipal\b/.test(expand) && {
      principal: only(personFor(state, personBy(entry.key), caller), 'principal'),
    }),
    ...(/\bgroup\b/.test(expand) && { group: only(groupFor(state, idOfGroup(entry.group), caller), 'group') }),
  }
}
