import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { type Graph, GraphRefusal, NoAnswer } from './graph.ts'
import { lowerGuid, parsed } from './pim-shapes.ts'

const rememberMs = 3_600_000
const mostNames = 1_000
const nameShape = z.object({ displayName: z.string().nullish() })

/** Names of people and groups, remembered for an hour; undefined for one that this person may not read. */
export function createNames({ graph, clock }: { graph: Graph; clock: Clock }) {
  const known = new Map<string, { name: string; at: number }>()

  return async (token: string, { kind, id }: { kind: 'user' | 'group'; id: string }): Promise<string | undefined> => {
    const path = `/${kind === 'user' ? 'users' : 'groups'}/${parsed(lowerGuid, id)}?$select=displayName`
    const [at, found] = [clock().getTime(), known.get(path)]
    if (found && at >= found.at && at - found.at < rememberMs) return found.name
    const name = await read(path, token)
    if (!name) return undefined
    const oldest = known.keys().next().value
    if (known.size >= mostNames && oldest !== undefined) known.delete(oldest)
    known.set(path, { name, at })
    return name
  }

  /** A name only decorates: without it the page says less. */
  async function read(path: string, token: string): Promise<string | undefined> {
    try {
      return nameShape.safeParse(await graph.call(path, token)).data?.displayName ?? undefined
    } catch (thrown) {
      if (thrown instanceof GraphRefusal || thrown instanceof NoAnswer) return undefined
      throw thrown
    }
  }
}
