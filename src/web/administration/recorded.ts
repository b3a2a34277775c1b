import { fileTaken, pageRead, type TakenFile } from '../../audit/readings.ts'
import type { Append } from '../../audit/trail.ts'
import type { Person } from '../../gate/decide.ts'
import type { ListParams } from '../listing/address.ts'
import type { Visit } from '../page.ts'

/**
 * Records what readers of the administration see and take. Await it before anything is shown or given: what cannot be recorded
 * is not. Both throw Problem('redis-away'). Answer a visit that is ahead with `nothingYet`, and record none.
 */
export const createReading = (append: Append) => ({
  /** That a person opened a page, with the filter of its address. */
  opened: ({ person }: Pick<Visit, 'person'>, page: string, filter: ListParams = {}): Promise<void> =>
    append(pageRead({ actor: actorOf(person), page, ...filterOf(filter) })),
  /** That a person downloads a file, with what it is filtered by. */
  downloads: ({ person }: Pick<Visit, 'person'>, what: TakenFile, filter: ListParams = {}): Promise<void> =>
    append(fileTaken({ actor: actorOf(person), what, ...filterOf(filter) })),
})

const actorOf = ({ objectId, name, username }: Person) => ({ objectId, name, username })
const filterOf = (filter: ListParams) => (Object.keys(filter).length > 0 ? { filter } : {})
