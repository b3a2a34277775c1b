import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Board } from '../../session/replicas/board.ts'

const name = 'subscription'
const shape = z.object({
  id: z.string().min(1),
  /** In epoch ms. */
  expiresAt: z.number(),
  /** A fingerprint of the address that the subscription calls, and of the secret that it carries there. */
  state: z.string().optional(),
  /** Graph said that the subscription needs this: a renewal, or another one in its place. */
  owed: z.enum(['renewal', 'another']).optional(),
})
/** The subscription that all replicas keep together. */
export type Kept = z.infer<typeof shape>

/**
 * What is written down, and since when (epoch ms; 0: nothing is). Unreadable: it is sealed with a secret that is not
 * ours, or not ours any longer.
 */
export type KeptEntry = { kept: Kept | 'unreadable' | undefined; at: number }

/**
 * Where replicas write down which subscription they keep, until it runs out. Every method throws Problem('redis-away').
 */
export function createKept({ board, clock }: { board: Board; clock: Clock }) {
  return {
    async current(): Promise<KeptEntry> {
      const at = await board.at(name)
      if (at === 0) return { kept: undefined, at }
      const { data } = shape.safeParse(jsonOf(await board.read(name)))
      return { kept: data ?? 'unreadable', at }
    },

    /**
     * Writes down the next one in place of the entry that was found. False: another replica wrote since, and its entry
     * stays.
     */
    post(next: Kept, { at }: KeptEntry): Promise<boolean> {
      const now = clock().getTime()
      const lifeMs = Math.max(1, next.expiresAt - now)
      return board.post(name, { at: Math.max(now, at + 1), text: JSON.stringify(next), lifeMs, instead: at })
    },
  }
}

/** The id of the subscription that is written down, or 'unreadable'; undefined: none is. */
export const keptId = ({ kept }: KeptEntry): string | undefined => (typeof kept === 'object' ? kept.id : kept)

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
