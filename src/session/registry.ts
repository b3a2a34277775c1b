import type { Identity } from '../entra/claims.ts'
import { ask, isWrongType, type Redis, unlessWrongType } from './redis.ts'

/**
 * Which sessions a person has, and which belong to one session of Entra: two indexes, so that sessions can be ended
 * without their cookie. Sorted sets of session ids, scored with the instant (epoch ms) at which each is over anyway.
 * One key a command: a cluster may keep them on different nodes.
 */
export function createRegistry({ redis, prefix }: { redis: Redis; prefix: string }) {
  const personKey = ({ tenantId, objectId }: Pick<Identity, 'tenantId' | 'objectId'>) =>
    `${prefix}person:${tenantId}:${objectId}`
  const entraKey = (sid: string) => `${prefix}entra-session:${sid}`
  const keysOf = (identity: Identity) => [personKey(identity), ...(identity.sid ? [entraKey(identity.sid)] : [])]
  const idsAt = (key: string, now: number) => ask(unlessWrongType(redis.zrange(key, now, '+inf', 'BYSCORE'), []))

  const enter = (key: string, sessionId: string, over: number, now: number) =>
    Promise.all([
      redis.zremrangebyscore(key, '-inf', now),
      redis.zadd(key, over, sessionId),
      redis.pexpire(key, Math.ceil(over - now)),
    ])

  return {
    /** Written before the session itself: a session that exists can always be found. */
    async add(identity: Identity, sessionId: string, over: number, now: number): Promise<void> {
      const entered = async (key: string) => {
        try {
          await enter(key, sessionId, over, now)
        } catch (error) {
          if (!isWrongType(error)) throw error
          await redis.del(key)
          await enter(key, sessionId, over, now)
        }
      }
      await ask(Promise.all(keysOf(identity).map(entered)))
    },
    async remove(identity: Identity, sessionId: string): Promise<void> {
      await Promise.all(keysOf(identity).map(key => ask(unlessWrongType(redis.zrem(key, sessionId), 0))))
    },
    ofPerson: (identity: Identity, now: number): Promise<string[]> => idsAt(personKey(identity), now),
    ofEntraSession: (sid: string, now: number): Promise<string[]> => idsAt(entraKey(sid), now),
  }
}
export type Registry = ReturnType<typeof createRegistry>
