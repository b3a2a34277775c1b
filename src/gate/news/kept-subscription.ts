import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Board } from '../../session/replicas/board.ts'

const name = 'subscription'
const shape = z.object({
  id: z.string().min(1),
  /** In epoch ms. */
  expiresAt: z.number(),
  /** A fingerprint of the address that it calls, and of the secret that it carries there. */
  state: z.string().optional(),
  /** Said by Graph to be needed: a renewal, or another in its place. */
  owed: z.enum(['renewal', 'another']).optional(),
})
/** The subscription that all replicas keep together. */
export type Kept = z.infer<typeof shape>

/**
 * What is written down, and since when (epoch ms; 0: nothing is). Unreadable: sealed with a secret that is not ours, or no
 * longer.
 */
export type Found = { kept: Kept | 'unreadable' | undefined; at: number }

/** Where replicas write down which subscription they keep, until it runs out. */
export function createKept({ board, clock }: { board: Board; clock: Clock }) {
  return {
    async current(): Promise<Found> {
      const at = await board.at(name)
      if (at === 0) return { kept: undefined, at }
      const { data } = shape.safeParse(jsonOf(await board.read(name)))
      return { kept: data ?? 'unreadable', at }
    },

    /** In place of what was found. False: somebody wrote since, and that stays. */
    post(next: Kept, { at }: Found): Promise<boolean> {
      const now = clock().getTime()
      const lifeMs = Math.max(1, next.expiresAt - now)
      return board.post(name, { at: Math.max(now, at + 1), text: JSON.stringify(next), lifeMs, instead: at })
    },
  }
}

export const idOf = ({ kept }: Found): string | undefined => (typeof kept === 'object' ? kept.id : kept)

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
