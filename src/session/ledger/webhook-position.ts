import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'

/**
 * The number of the record that the webhook sends next. Only the replica that sends writes it. Throws
 * Problem('redis-away').
 */
export const createWebhookPosition = ({ redis, key }: { redis: Redis; key: string }) => ({
  /** 0 where nothing was sent, or what is there is no number: then all is sent again. */
  async read(): Promise<number> {
    const found = Number(await ask(redis.get(key)))
    return Number.isSafeInteger(found) && found > 0 ? found : 0
  },
  async write(seq: number): Promise<void> {
    await ask(redis.set(key, String(seq)))
  },
})
export type WebhookPosition = ReturnType<typeof createWebhookPosition>
