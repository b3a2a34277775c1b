import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import type { Log } from '../observability.ts'
import { createCookies } from './cookies.ts'
import { createBirth } from './lives/birth.ts'
import { createEndOf } from './lives/end-of.ts'
import { createEndOfRequest } from './lives/end-of-request.ts'
import { createEnds } from './lives/ends.ts'
import { createEveryone } from './lives/everyone.ts'
import { createFarewells } from './lives/farewells.ts'
import { createOwnSessions } from './lives/own-sessions.ts'
import { createRequestSession, type Records } from './lives/request-session.ts'
import { createSuccession } from './lives/succession.ts'
import { createTouch } from './lives/touch.ts'
import { createWentOnes } from './lives/went-on.ts'
import { createLifetimes } from './record/lifetimes.ts'
import { handleOf, type SessionRecord } from './record/record.ts'
import type { Redis } from './redis/redis.ts'
import type { KnownPlans } from './replicas/known-plans.ts'
import { scopeOf } from './scope.ts'
import type { Seal } from './sealing/seal.ts'
import { createBoundClient } from './stored/bound-client.ts'
import { createSessionsById } from './stored/by-id.ts'
import type { Census } from './stored/census.ts'
import type { GateCensus } from './stored/gate-census.ts'
import { createRegistry } from './stored/registry.ts'
import { createRemoval } from './stored/removal.ts'
import { createSealedClient } from './stored/sealed-client.ts'
import type { Vault } from './vault.ts'

type Needs = {
  config: Pick<Config, 'baseUrl' | 'session' | 'redis' | 'entra' | 'gates'>
  clock: Clock
  redis: Redis
  seal: Seal
  vault: Vault
  log: Log
  /** Where all sessions are listed. */
  census: Census
  /** Where sessions are counted by gate, if anybody asks how many there are. */
  gateCensus?: GateCensus | undefined
  /** The plans that other sessions of a person learned, by gate; none where nobody turns it on or ends it here. */
  knownPlans?: Readonly<Record<string, KnownPlans>>
}

/**
 * The memory between requests: sessions in Redis, sealed, with lifetimes of our own. Every method throws
 * Problem('redis-away') when Redis does not confirm.
 */
export function createSessions({ config, clock, redis, seal, vault, log, census, gateCensus, knownPlans = {} }: Needs) {
  const { idleMs, maxMs } = config.session
  const prefix = `${config.redis.prefix}session:`
  const keyOf = (sessionId: string) => prefix + sessionId
  const lifetimes = createLifetimes({ limits: config.session, clock })
  const scope = scopeOf(config)
  const client = createBoundClient(createSealedClient({ redis, seal, log }), scope)
  const registry = createRegistry({ redis, prefix: config.redis.prefix })
  const byId = createSessionsById({ client, keyOf, registry, lifetimes, gateCensus })
  const removal = createRemoval({ client, keyOf, registry, vault, census, gateCensus })

  const records: Records = new WeakMap()
  const cookies = createCookies(config.baseUrl)
  const ends = createEnds({ redis, prefix: config.redis.prefix, about: scope.app, maxMs, clock })
  const endIfOwed = async (sessionId: string, record: SessionRecord): Promise<void> => {
    const { identity, signedInAt } = record
    const isMissed = await ends.haveMissed({ lineage: handleOf(sessionId, record), signedInAt })
    if (isMissed) await removal.destroy(sessionId, identity)
  }
  const touch = createTouch({ idleMs, clock, redis, keyOf, lifetimes, byId, vault, census, endIfOwed, log })
  const ofRequest = createRequestSession({ clock, client, prefix, cookies, seal, records, lifetimes, byId, touch })

  const wentOnes = createWentOnes({ redis, seal, prefix: config.redis.prefix })
  const kept = { clock, records, byId, removal, vault, ends }
  const bear = createBirth({ ...kept, maxMs, client, keyOf, lifetimes, registry, knownPlans, census, gateCensus })
  const { begin, renew, rotate } = createSuccession({ ...kept, bear, wentOnes })

  const endOf = createEndOf({ byId, removal, registry, census, ends })
  const end = createEndOfRequest({ records, cookies, seal, wentOnes, endOf, removal })
  const { ownSessions, endOwn, openSessions } = createOwnSessions({ records, registry, byId, endOf })
  const farewells = createFarewells({ redis, seal, prefix: config.redis.prefix, about: scope.app })
  const { everyone, endEveryones } = createEveryone({ clock, redis, keyOf, records, census, byId, endOf, farewells })

  return {
    ...ofRequest,
    ...byId,
    ...{ begin, renew, rotate, end },
    ...{ ownSessions, endOwn, openSessions },
    ...{ everyone, endEveryones },
    /** Why a session of this person was ended by somebody else. It is told once. */
    farewell: farewells.take,
    /** Ends one session; it is no fault when there is none. */
    destroy: async (...one: Parameters<typeof removal.destroy>): Promise<void> => void (await removal.destroy(...one)),
    /** Ends all sessions that one session of Entra opened, which is over at Entra. */
    endOfEntraSession: endOf.entraSession,
    /** A count for a sign-in that is about to be proved: each end from now on counts against it. */
    moment: ends.moment,
  }
}
export type Sessions = ReturnType<typeof createSessions>
