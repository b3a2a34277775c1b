import type { Gates } from '../../gate/gates.ts'
import type { OpenSession } from '../../session/lives/everyone.ts'
import { filtersOf } from '../listing/filters.ts'
import { pageIn, pageOf } from '../listing/paging.ts'
import { inOrder, type Sort, sortIn } from '../listing/sorting.ts'
import { type Column, type Row, tableOf } from '../listing/table.ts'
import { browserName } from '../shell/browser-name.ts'
import { instantOf } from '../shell/instant.ts'

export const everyonePath = '/sessions/everyone'
/** The page on which an administrator says why sessions are to end. */
export const endEveryonePath = `${everyonePath}/end`

const columns: Column[] = [
  { key: 'person', label: 'Person', sorts: 'ascending' },
  { key: 'gates', label: 'Is in at' },
  { key: 'since', label: 'Signed in', kind: 'time', sorts: 'descending' },
  { key: 'seen', label: 'Last used', kind: 'time', sorts: 'descending' },
  { key: 'browser', label: 'Browser' },
]

type Shown = {
  sessions: readonly OpenSession[]
  query: unknown
  gates: Pick<Gates, 'all' | 'isIn'>
  now: Date
  /** Whether the person who looks may end sessions. */
  canEnd: boolean
}

/** The list of all sessions, as the address filters and sorts it. Only the rows of one page are made. */
export function everyoneModel({ sessions, query, gates, now, canEnd }: Shown) {
  const path = everyonePath
  const { form, params, values } = filtersOf({
    path,
    query,
    fields: [{ kind: 'text', name: 'find', label: 'Find', hint: 'Part of a name, a user name or an address' }],
  })
  const sort = sortIn(query, { by: ['person', 'since', 'seen'], otherwise: '-seen' })
  const found = sessions.filter(session => isFound(session, values.find))
  const sorted = inOrder(found, sort, session => sortedBy(session, sort))
  const { rows, pager } = pageOf({ rows: sorted, page: pageIn(query), path, params, label: 'Pages of all sessions' })
  const counts = countedByPerson(sessions)
  const rowOf = (session: OpenSession) => rowFor(session, { gates, now, canEnd, counts })
  return {
    people: counts.size,
    sessions: sessions.length,
    filters: form,
    table: tableOf({
      caption: 'Sessions of everyone',
      isCaptionHidden: true,
      columns,
      rows: rows.map(rowOf),
      empty: { title: 'No session is like that.', act: { label: 'See all sessions', href: path } },
      path,
      params,
      sort,
    }),
    pager,
    endAll: canEnd ? [endingAll('others', 'End all but this one'), endingAll('all', 'End all, this one too')] : [],
  }
}

const endingAll = (all: 'others' | 'all', label: string) => ({ label, href: `${endEveryonePath}?all=${all}` })

function isFound({ record }: OpenSession, find = ''): boolean {
  const { identity, signedInFrom = '', lastSeenFrom = '' } = record
  const wanted = find.toLowerCase()
  return [identity.name, identity.username, signedInFrom, lastSeenFrom].some(text =>
    text.toLowerCase().includes(wanted),
  )
}

const sortedBy = ({ record }: OpenSession, { by }: Sort) =>
  by === 'person' ? record.identity.name : by === 'since' ? record.signedInAt : record.lastSeenAt

function countedByPerson(sessions: readonly OpenSession[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { record } of sessions) {
    const { objectId } = record.identity
    counts.set(objectId, (counts.get(objectId) ?? 0) + 1)
  }
  return counts
}

type Around = Pick<Shown, 'gates' | 'now' | 'canEnd'> & { counts: Map<string, number> }

function rowFor({ handle, isThisOne, record }: OpenSession, { gates, now, canEnd, counts }: Around): Row {
  const { identity, signedInAt, lastSeenAt, signedInFrom = '', lastSeenFrom = '' } = record
  const { name, username, objectId } = identity
  const isIn = gates.all.filter(gate => gates.isIn(record, gate.name)).map(gate => gate.settings.title)
  const many = counts.get(objectId) ?? 1
  const ofPerson = many > 1 ? [{ label: `End all ${many}`, href: `${endEveryonePath}?person=${objectId}` }] : []
  return {
    cells: {
      person: [name, { soft: username }],
      gates: isIn.length > 0 ? isIn : undefined,
      since: withAddress(signedInAt, signedInFrom, now),
      seen: withAddress(lastSeenAt, lastSeenFrom === signedInFrom ? '' : lastSeenFrom, now),
      browser: [browserName(record.browser), ...(isThisOne ? [{ badge: 'this one', tone: 'plain' as const }] : [])],
    },
    acts: canEnd
      ? [{ label: 'End', href: `${endEveryonePath}?session=${handle}` }, ...ofPerson].map(act => ({
          ...act,
          about: name,
          isStop: true,
        }))
      : [],
  }
}

const withAddress = (at: number, address: string, now: Date) => [
  { at: instantOf(new Date(at), now) },
  ...(address ? [{ soft: address }] : []),
]
