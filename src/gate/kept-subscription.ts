import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Board } from '../session/board.ts'

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

/** Where replicas write down which subscription they keep, until it runs out. */
export function createKept({ board, clock }: { board: Board; clock: Clock }) {
  return {
    /** Unreadable: sealed with a secret that is not ours, or no longer. */
    async current(): Promise<Kept | 'unreadable' | undefined> {
      if ((await board.at(name)) === 0) return undefined
      const { data } = shape.safeParse(jsonOf(await board.read(name)))
      return data ?? 'unreadable'
    },

    /** In place of what is there, also where the clock of whoever wrote it is a little ahead. */
    async post(next: Kept): Promise<void> {
      const now = clock().getTime()
      const at = Math.max(now, (await board.at(name)) + 1)
      await board.post(name, { at, text: JSON.stringify(next), lifeMs: Math.max(1, next.expiresAt - now) })
    },
  }
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
