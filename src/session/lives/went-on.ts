import { z } from 'zod'
import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { fingerprint, type Seal } from '../sealing/seal.ts'
import { createSealedTexts } from '../sealing/sealed-text.ts'

const shape = z.object({
  identity: z.object({ tenantId: z.string(), objectId: z.string(), sid: z.string().optional() }),
  lineage: z.string(),
})
/** Of which session one was that went on under another id. */
export type WentOn = z.infer<typeof shape>

/** Longer than a browser takes to hear of its new cookie. */
const lifeMs = 5 * 60_000

/**
 * Which sessions went on under another id, by their old one: a browser that signs out at that moment still names the old
 * one, and means what has become of it.
 */
export function createWentOnes({ redis, seal, prefix }: { redis: Redis; seal: Seal; prefix: string }) {
  const keyOf = (sessionId: string) => `${prefix}went-on:${fingerprint(sessionId)}`
  const texts = createSealedTexts({ redis, seal })

  return {
    async remember(sessionId: string, { identity, lineage }: WentOn): Promise<void> {
      const key = keyOf(sessionId)
      const text = JSON.stringify(shape.parse({ identity, lineage }))
      await ask(redis.set(key, seal.close(text, key), 'PX', lifeMs))
    },
    async find(sessionId: string): Promise<WentOn | undefined> {
      const text = await texts.read(keyOf(sessionId))
      return text === undefined ? undefined : shape.safeParse(JSON.parse(text)).data
    },
  }
}
export type WentOnes = ReturnType<typeof createWentOnes>
