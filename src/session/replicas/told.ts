import type { Once } from '../../audit/trail.ts'
import type { Notes } from './notes.ts'

/** An approval takes a day at most. Nobody finds out later what became of an act that is still open then. */
const lifeMs = 27 * 3_600_000

/**
 * Remembers how much the audit trail tells of each act, shared by all replicas: the one request that finds out more writes
 * it. Throws Problem('redis-away') when Redis does not confirm, and whatever `write` throws.
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
      // Another request may find it out, and write it, later.
      await notes.change(name, text => (text === String(rank) ? (before ?? null) : undefined), lifeMs).catch(() => {})
      throw error
    })
  }
