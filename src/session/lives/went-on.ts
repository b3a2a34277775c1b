import { z } from 'zod'
import type { Redis } from '../redis/redis.ts'
import { fingerprint, type Seal } from '../sealing/seal.ts'
import { createSealedTexts } from '../sealing/sealed-text.ts'

const wentOnShape = z.object({
  identity: z.object({ tenantId: z.string(), objectId: z.string(), sid: z.string().optional() }),
  lineage: z.string(),
})
/** The person and the lineage of a session that went on under another id. */
export type WentOn = z.infer<typeof wentOnShape>

/** Longer than a browser takes to hear of its new cookie. */
const lifeMs = 5 * 60_000

/**
 * Remembers by their old ids which sessions went on under another id. A browser that signs out at that moment still names
 * the old id, and means the session that went on. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createWentOnes({ redis, seal, prefix }: { redis: Redis; seal: Seal; prefix: string }) {
  const keyOf = (sessionId: string) => `${prefix}went-on:${fingerprint(sessionId)}`
  const texts = createSealedTexts({ redis, seal })

  return {
    remember: (sessionId: string, { identity, lineage }: WentOn): Promise<void> =>
      texts.write(keyOf(sessionId), JSON.stringify(wentOnShape.parse({ identity, lineage })), lifeMs),

    /** Undefined where no session of this id went on, or it did so too long ago. */
    async find(sessionId: string): Promise<WentOn | undefined> {
      const text = await texts.read(keyOf(sessionId))
      return text === undefined ? undefined : wentOnShape.safeParse(JSON.parse(text)).data
    },
  }
}
export type WentOnes = ReturnType<typeof createWentOnes>
