import type { Identity } from '../../entra/claims.ts'
import { ask, unlessWrongType } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { enter } from '../replicas/listing.ts'

/** A person, and the session of Entra that their session was opened by, where it is known. */
export type Listed = Pick<Identity, 'tenantId' | 'objectId' | 'sid'>

/**
 * Sessions are looked for since the beginning of time: the record of a session says whether it is over. A clock that is
 * far ahead would overlook the open sessions of the other replicas.
 */
const everMs = 0

/**
 * Lists which sessions a person has, and which sessions one session of Entra opened: two indexes, so that sessions can be
 * ended without their cookie. They are sorted sets of session ids, scored with the instant (epoch ms) at which each
 * session is over anyway. One key a command: a cluster may keep keys on different nodes. Every method throws
 * Problem('redis-away') when Redis does not confirm.
 */
export function createRegistry({ redis, prefix }: { redis: Redis; prefix: string }) {
  const personKey = ({ tenantId, objectId }: Listed) => `${prefix}person:${tenantId}:${objectId}`
  const entraSessionKey = (sid: string) => `${prefix}entra-session:${sid}`
  const keysFor = (identity: Listed) => [personKey(identity), ...(identity.sid ? [entraSessionKey(identity.sid)] : [])]
  const idsAt = (key: string, openAt: number) => ask(unlessWrongType(redis.zrange(key, openAt, '+inf', 'BYSCORE'), []))

  return {
    /**
     * Lists a session that is over at `over`; both instants in epoch ms. Written before the session itself, so that a
     * session that exists can always be found.
     */
    async add(identity: Listed, sessionId: string, over: number, now: number): Promise<void> {
      await ask(Promise.all(keysFor(identity).map(key => enter(redis, key, { member: sessionId, over, now }))))
    },

    async remove(identity: Listed, sessionId: string): Promise<void> {
      await Promise.all(keysFor(identity).map(key => ask(unlessWrongType(redis.zrem(key, sessionId), 0))))
    },

    /** The ids of a person's sessions that are not over at `openAt` (epoch ms). */
    ofPerson: (identity: Listed, openAt = everMs): Promise<string[]> => idsAt(personKey(identity), openAt),

    /** The ids of the sessions that a session of Entra opened and that are not over at `openAt` (epoch ms). */
    ofEntraSession: (sid: string, openAt = everMs): Promise<string[]> => idsAt(entraSessionKey(sid), openAt),
  }
}
export type Registry = ReturnType<typeof createRegistry>
