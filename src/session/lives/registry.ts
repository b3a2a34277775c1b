import type { Identity } from '../../entra/claims.ts'
import { ask, unlessWrongType } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { enter } from '../replicas/listing.ts'

type Who = Pick<Identity, 'tenantId' | 'objectId' | 'sid'>

/**
 * Which sessions a person has, and which belong to one session of Entra: two indexes, so that sessions can be ended
 * without their cookie. Sorted sets of session ids, scored with the instant (epoch ms) at which each is over anyway.
 * One key a command: a cluster may keep them on different nodes.
 */
export function createRegistry({ redis, prefix }: { redis: Redis; prefix: string }) {
  const personKey = ({ tenantId, objectId }: Who) => `${prefix}person:${tenantId}:${objectId}`
  const entraKey = (sid: string) => `${prefix}entra-session:${sid}`
  const keysOf = (identity: Who) => [personKey(identity), ...(identity.sid ? [entraKey(identity.sid)] : [])]
  const idsAt = (key: string, now: number) => ask(unlessWrongType(redis.zrange(key, now, '+inf', 'BYSCORE'), []))

  return {
    /** Written before the session itself: a session that exists can always be found. */
    async add(identity: Who, sessionId: string, over: number, now: number): Promise<void> {
      await ask(Promise.all(keysOf(identity).map(key => enter(redis, key, { member: sessionId, over, now }))))
    },
    async remove(identity: Who, sessionId: string): Promise<void> {
      await Promise.all(keysOf(identity).map(key => ask(unlessWrongType(redis.zrem(key, sessionId), 0))))
    },
    ofPerson: (identity: Who, now: number): Promise<string[]> => idsAt(personKey(identity), now),
    ofEntraSession: (sid: string, now: number): Promise<string[]> => idsAt(entraKey(sid), now),
  }
}
export type Registry = ReturnType<typeof createRegistry>
