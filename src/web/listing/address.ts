import { z } from 'zod'

/** What the query of a list's address says: each name once. */
export type ListParams = Readonly<Record<string, string>>

/** Longer than anything that a person looks for. */
const longest = 200
const queryShape = z.record(z.string(), z.unknown()).catch({})

/**
 * The texts that a query gives for these names, in the order of the names. Where a name comes more than once the first
 * counts. A text that is empty, or has more than 200 characters, counts as not given.
 */
export function paramsIn(query: unknown, names: readonly string[]): ListParams {
  const given = queryShape.parse({ ...(query as object) })
  const texts = names.flatMap(name => {
    const text = [given[name]].flat()[0]
    return typeof text === 'string' && text.trim() !== '' && text.length <= longest ? [[name, text.trim()]] : []
  })
  return Object.fromEntries(texts)
}

/** The address of a list with these parameters. `changes` replace some of them, and undefined leaves one out. */
export function listAddress(
  path: string,
  params: ListParams,
  changes: Readonly<Record<string, string | undefined>> = {},
): string {
  const all = Object.entries({ ...params, ...changes }).filter((each): each is [string, string] => Boolean(each[1]))
  return all.length === 0 ? path : `${path}?${new URLSearchParams(all)}`
}
