import type { Request } from 'express'
import type { Clock } from '../../clock.ts'
import { type Identity, isSamePerson } from '../../entra/claims.ts'
import { handleOf, type SessionRecord } from '../record/record.ts'
import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import type { SessionsById } from '../stored/by-id.ts'
import type { Census } from '../stored/census.ts'
import type { Listed } from '../stored/registry.ts'
import type { EndOf } from './end-of.ts'
import type { Farewell, Farewells } from './farewells.ts'
import type { Records } from './request-session.ts'

/** An open session of somebody. The handle names it in a form without giving its id away. */
export type OpenSession = { handle: string; isThisOne: boolean; record: SessionRecord }
/**
 * The sessions that an administrator ends: one, all of a person, all there are, or all but the one that the administrator
 * has in this browser.
 */
export type Which =
  | { whose: 'one'; person: Listed; handle: string }
  | { whose: 'person'; person: Listed }
  | { whose: 'all' | 'all-but-this' }

type Needs = {
  clock: Clock
  redis: Pick<Redis, 'exists'>
  keyOf: (sessionId: string) => string
  records: Records
  census: Census
  byId: Pick<SessionsById, 'read'>
  endOf: EndOf
  farewells: Farewells
}

/** So many sessions are read at the same time, and the program does something else in between. */
const atOnce = 200

/**
 * The sessions of everyone, for administrators. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createEveryone({ clock, redis, keyOf, records, census, byId, endOf, farewells }: Needs) {
  const thisOneOf = (request: Request) => handleOf(request.sessionID, records.get(request))

  /** An entry whose session is no more is taken from the list. A session that is being born is not long over. */
  async function sweep(): Promise<void> {
    await inTurns(await census.longOver(clock().getTime()), async id => {
      if ((await ask(redis.exists(keyOf(id)))) === 0) census.gone(id)
    })
  }

  return {
    /** All open sessions, each once. */
    async everyone(request: Request): Promise<OpenSession[]> {
      await sweep()
      const thisOne = thisOneOf(request)
      const found = new Map<string, OpenSession>()
      await inTurns(await census.all(), async id => {
        const record = await byId.read(id)
        if (!record) return
        const handle = handleOf(id, record)
        // While a session goes on under another id, both are there for a moment.
        const isOlder = (found.get(handle)?.record.lastSeenAt ?? 0) > record.lastSeenAt
        if (!isOlder) found.set(handle, { handle, isThisOne: handle === thisOne, record })
      })
      return [...found.values()]
    },

    /** Ends sessions, and leaves word for their people, except for the one who asks. Returns how many ended. */
    endEveryones(request: Request, which: Which, farewell: Farewell): Promise<number> {
      const asking = records.get(request)?.identity
      const leave = async (whose: Identity): Promise<void> => {
        if (!asking || !isSamePerson(whose, asking)) await farewells.leave(whose, farewell)
      }
      if (which.whose === 'one') return endOf.lineage(which.person, which.handle, leave)
      if (which.whose === 'person') return endOf.person(which.person, undefined, leave)
      return endOf.everyone(which.whose === 'all' ? undefined : thisOneOf(request), leave)
    },
  }
}

async function inTurns(ids: readonly string[], work: (id: string) => Promise<void>): Promise<void> {
  for (let begin = 0; begin < ids.length; begin += atOnce) await Promise.all(ids.slice(begin, begin + atOnce).map(work))
}
