import { z } from 'zod'
import { BoundedMap } from '../../bounded-map.ts'
import type { Clock } from '../../clock.ts'
import type { Graph } from '../graph/graph.ts'
import { GraphRefusal } from '../graph/refusal.ts'
import { lowerGuid, parsed } from '../graph/shapes.ts'
import { NoAnswer } from '../outbound.ts'

/** A person's names. */
export type PersonNames = { name: string; username?: string }

const rememberMs = 3_600_000
const mostRemembered = 5_000
/** Graph takes at most this many values in one `in`. */
const idsInOneCall = 15
const callsAtOnce = 4
const mostCalls = 80

const text = z.string().nullish().catch(undefined)
const pageShape = z.object({
  value: z.array(z.object({ id: lowerGuid, displayName: text, userPrincipalName: text })),
})

/**
 * Makes the function that finds the names of many people at once, fifteen in a call, and remembers them for an hour. People
 * whose names this token may not read, or whom nobody answers for, are left out: a name only decorates a page.
 * Source: https://learn.microsoft.com/graph/filter-query-parameter
 */
export function createNamesOfMany({ graph, clock }: { graph: Pick<Graph, 'call'>; clock: Clock }) {
  const known = new BoundedMap<string, PersonNames & { at: number }>(mostRemembered)
  const isFresh = (id: string, now: number): boolean => Math.abs(now - (known.get(id)?.at ?? -Infinity)) < rememberMs

  async function read(token: string, ids: readonly string[]): Promise<'ok' | 'refused'> {
    const filter = `id in (${ids.map(id => `'${parsed(lowerGuid, id)}'`).join(',')})`
    const query = `$filter=${encodeURIComponent(filter)}&$select=id,displayName,userPrincipalName`
    const at = clock().getTime()
    try {
      const { value } = parsed(pageShape, await graph.call(`/users?${query}`, token))
      for (const { id, displayName: name, userPrincipalName: username } of value)
        if (name) known.set(id, { name, ...(username && { username }), at })
      return 'ok'
    } catch (thrown) {
      if (thrown instanceof GraphRefusal || thrown instanceof NoAnswer) return 'refused'
      throw thrown
    }
  }

  return async (token: string, ids: readonly string[]): Promise<ReadonlyMap<string, PersonNames>> => {
    const now = clock().getTime()
    const wanted = [...new Set(ids)]
    const unknown = wanted.filter(id => !isFresh(id, now))
    const calls = Array.from({ length: Math.min(mostCalls, Math.ceil(unknown.length / idsInOneCall)) }, (_, index) =>
      unknown.slice(index * idsInOneCall, (index + 1) * idsInOneCall),
    )
    for (let begin = 0; begin < calls.length; begin += callsAtOnce) {
      const answers = await Promise.all(calls.slice(begin, begin + callsAtOnce).map(part => read(token, part)))
      // The other calls would meet the same refusal.
      if (answers.every(answer => answer === 'refused')) break
    }
    return new Map(
      wanted.flatMap(id => {
        const { at: _, ...names } = known.get(id) ?? { name: '', at: 0 }
        return names.name ? [[id, names] as const] : []
      }),
    )
  }
}
export type NamesOfMany = ReturnType<typeof createNamesOfMany>
