import type { Once } from '../../audit/trail.ts'
import type { Notes } from './notes.ts'

/** An approval takes a day at most; what is still open then is found out by nobody. */
const lifeMs = 27 * 3_600_000

/**
 * How much the trail tells of each act, shared by all replicas: whoever finds out more writes it, and only they. Throws
 * Problem('redis-away') when Redis does not confirm.
 */
export const createTold =
  (notes: Notes): Once =>
  async (act, rank, write) => {
    const name = `told:${act}`
    let before: string | undefined
    const isNews = await notes.change(
      name,
      text => {
        before = text
        return rank > 0 && Number(text ?? -1) >= rank ? undefined : String(rank)
      },
      lifeMs,
    )
    if (!isNews) return
    await write().catch(async (error: unknown) => {
      // Somebody else may find it out, and write it, later.
      await notes.change(name, text => (text === String(rank) ? (before ?? null) : undefined), lifeMs).catch(() => {})
      throw error
    })
  }
