import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Graph } from '../graph/graph.ts'
import { GraphRefusal } from '../graph/refusal.ts'
import { lowerGuid, parsed } from '../graph/shapes.ts'
import { NoAnswer } from '../outbound.ts'

const rememberMs = 3_600_000
const mostNames = 1_000
const nameShape = z.object({
  displayName: z.string().nullish(),
  userPrincipalName: z.string().nullish().catch(undefined),
})
/** The name of a person or a group. A group has no user name. */
type Called = { name: string; username?: string }

/**
 * Makes the function that finds the name of a person or a group, and remembers it for an hour. Returns undefined where
 * this token may not read the name, or Graph does not answer: a name only decorates a page.
 */
export function createNames({ graph, clock }: { graph: Graph; clock: Clock }) {
  const known = new Map<string, { called: Called; at: number }>()

  return async (token: string, { kind, id }: { kind: 'user' | 'group'; id: string }): Promise<Called | undefined> => {
    const [collection, fields] =
      kind === 'user' ? ['users', 'displayName,userPrincipalName'] : ['groups', 'displayName']
    const path = `/${collection}/${parsed(lowerGuid, id)}?$select=${fields}`
    const [at, found] = [clock().getTime(), known.get(path)]
    if (found && at >= found.at && at - found.at < rememberMs) return found.called
    const called = await read(path, token)
    if (!called) return undefined
    const oldest = known.keys().next().value
    if (known.size >= mostNames && oldest !== undefined) known.delete(oldest)
    known.set(path, { called, at })
    return called
  }

  async function read(path: string, token: string): Promise<Called | undefined> {
    try {
      const { displayName: name, userPrincipalName: username } =
        nameShape.safeParse(await graph.call(path, token)).data ?? {}
      return name ? { name, ...(username && { username }) } : undefined
    } catch (thrown) {
      if (thrown instanceof GraphRefusal || thrown instanceof NoAnswer) return undefined
      throw thrown
    }
  }
}
