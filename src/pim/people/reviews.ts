import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Identity } from '../../entra/claims.ts'
import { type Notes, noteOf, parsedNote, type Whose } from '../../session/replicas/notes.ts'

const reviewShape = z.object({ at: z.int(), by: z.string() })
/** An administrator's decision that somebody keeps a permission: when (epoch ms), and the administrator's object id. */
export type Review = z.infer<typeof reviewShape>

/** Permissions are reviewed once a year at least. */
const lifeMs = 400 * 24 * 3_600_000

/**
 * Remembers when somebody's permission was last looked at and kept, for the page. The trail has the words. Every method
 * throws Problem('redis-away') when Redis does not confirm.
 */
export const createReviews = ({ notes, clock }: { notes: Notes; clock: Clock }) => ({
  last: async (person: Whose): Promise<Review | undefined> =>
    parsedNote(reviewShape, await notes.read(noteOf('review', person))),
  async note(person: Whose, { objectId: by }: Pick<Identity, 'objectId'>): Promise<void> {
    const review: Review = { at: clock().getTime(), by }
    await notes.change(noteOf('review', person), () => JSON.stringify(review), lifeMs)
  },
})
