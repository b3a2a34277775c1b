import { type GroupLists, type GroupRequest, type ListName, listNames } from '../../entra/pim/group-lists.ts'

type RowsOf<Name extends ListName> = Awaited<ReturnType<GroupLists[Name]>>

/**
 * Why a list cannot be shown. `permission`: the application was not granted what it takes · `role`: Microsoft shows the list
 * to owners of the group and holders of some roles only · `sign-in`: there is no token of this visitor · `silent`: nobody
 * answered · `unreadable`: the answer is none.
 */
export type WhyMissing = 'permission' | 'role' | 'sign-in' | 'silent' | 'unreadable'

/** The lists of one group, each with its rows or with why it is missing. `asOf`: when the oldest was asked for, epoch ms. */
export type GroupReading = {
  asOf: number
  lists: { [Name in ListName]: RowsOf<Name> | WhyMissing }
  /** The people for whom the missing lists were asked for in vain: somebody else may be allowed to read them. */
  triedBy: ReadonlySet<string>
}

/** The rows of a list; none where it is missing. */
export const rowsIn = <Name extends ListName>({ lists }: Pick<GroupReading, 'lists'>, name: Name): RowsOf<Name> => {
  const found = lists[name]
  return (typeof found === 'string' ? [] : found) as RowsOf<Name>
}

/** The lists that are missing, and why. */
export const missingIn = ({ lists }: Pick<GroupReading, 'lists'>): { list: ListName; why: WhyMissing }[] =>
  listNames.flatMap(list => {
    const why = lists[list]
    return typeof why === 'string' ? [{ list, why }] : []
  })

/** Requests by the person whom they are about, each person's newest first. */
export function byPerson(requests: readonly GroupRequest[]): ReadonlyMap<string, readonly GroupRequest[]> {
  const newestFirst = requests.toSorted((one, other) => other.createdAt - one.createdAt)
  return Map.groupBy(newestFirst, ({ principalId }) => principalId)
}
