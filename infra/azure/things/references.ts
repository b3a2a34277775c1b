import type { DirectoryObject } from '@microsoft/microsoft-graph-types'
import type { Graph } from '../graph/graph.ts'
import type { Known } from '../model/known.ts'
import type { Thing } from '../model/thing.ts'
import { idOf, nameOf } from './named.ts'
import { nameStrangers } from './strangers.ts'

type ListWish = {
  object: string
  /** Where the list is, once its object exists: `/groups/{id}/owners`. */
  at: (known: Known) => string | undefined
  /** Who has to be in the list, by their names in tenant.json, and where those names lead. */
  members: readonly string[]
  ids: (known: Known) => ReadonlyMap<string, string>
  /** What to say about others in the list. */
  others: (names: readonly string[]) => string
}

/** Members of a list of directory objects: owners, members of a group or a unit. Others in it stay. */
export function referencesThing({ object, at, members, ids, others }: ListWish, graph: Graph): Thing {
  const present = async (path: string): Promise<string[]> =>
    (await graph.list<DirectoryObject>(`${path}?$select=id`)).flatMap(({ id }) => id ?? [])
  let strangers: readonly string[] = []
  return {
    object,
    async read(known) {
      const path = at(known)
      if (path === undefined) return undefined
      const names = (await present(path)).map(id => nameOf(ids(known), id))
      strangers = await nameStrangers(
        graph,
        names.filter(name => !members.includes(name)),
      )
      return { list: members.filter(member => names.includes(member)) }
    },
    after: () => ({ list: [...members] }),
    async write(known, before) {
      const path = at(known)
      const there = (before as { list: string[] } | undefined)?.list ?? []
      for (const member of members.filter(each => !there.includes(each))) {
        const id = idOf(ids(known), member)
        const body = { '@odata.id': `${graph.base}/directoryObjects/${id}` }
        const find = async () => ((await present(path ?? '')).includes(id) ? { id } : undefined)
        await graph.create({ path: `${path}/$ref`, body, find, isUnique: true })
      }
    },
    leaves: () => (strangers.length > 0 ? [`${object}: ${others(strangers)}`] : []),
  }
}

/** `a, b and 3 more` */
export const someOf = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ')
