import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import type { Meter } from '../meter/meter.ts'
import type { Log } from '../observability.ts'
import { createDrafts } from './drafts.ts'
import { createClockCheck } from './redis/clock-check.ts'
import { createPresence } from './redis/presence.ts'
import { createRedis } from './redis/redis.ts'
import { createBoard } from './replicas/board.ts'
import { createCounters } from './replicas/counters.ts'
import { createJournal } from './replicas/journal.ts'
import { createKnownPlans } from './replicas/known-plans.ts'
import { createLeases } from './replicas/lease.ts'
import { createNotes } from './replicas/notes.ts'
import { createTold } from './replicas/told.ts'
import { scopeOf } from './scope.ts'
import { createSeal } from './sealing/seal.ts'
import { createSessions } from './sessions.ts'
import { createSignIns } from './sign-ins.ts'
import { createCensus } from './stored/census.ts'
import { createVault } from './vault.ts'

/**
 * Everything that the application remembers: in Redis, which every replica shares, and sealed in people's browsers. Resolves
 * before Redis is connected; until then each part that needs Redis throws Problem('redis-away').
 */
export async function createStores({
  config,
  clock,
  log,
  meter,
}: {
  config: Config
  clock: Clock
  log: Log
  meter: Pick<Meter, 'redis'>
}) {
  const { app, group } = scopeOf(config)
  const { prefix } = config.redis
  const seal = createSeal(config.session.secrets, { hooksAbout: group })
  const redis = await createRedis({ config: config.redis, log, observe: meter.redis })
  const vault = createVault({ redis, seal, prefix, idleMs: config.session.idleMs })
  const census = config.metricsPort === undefined ? undefined : createCensus({ redis, prefix, about: app })
  const notes = createNotes({ redis, seal, prefix, about: group })
  const knownPlans = createKnownPlans({ notes, unmarked: createNotes({ redis, seal, prefix }), clock })
  const plansOfSessions = config.pim.selfService && { knownPlans }
  const leases = createLeases({ redis, prefix })
  const groupLeases = createLeases({ redis, prefix, about: group })
  const clockCheck = createClockCheck({ redis, clock, log })
  return {
    redis,
    seal,
    clientStates: seal.clientStates,
    presence: createPresence({ redis, prefix }),
    vault,
    census,
    notes,
    knownPlans,
    sessions: createSessions({ config, clock, redis, seal, vault, log, census, ...plansOfSessions }),
    signIns: createSignIns({ config, clock, redis, seal }),
    drafts: createDrafts({ config, clock, redis, seal, app }),
    leases,
    /** Leases on what one replica does for the group. */
    groupLeases,
    counters: createCounters({ redis, prefix }),
    board: createBoard({ redis, seal, prefix, about: group }),
    journal: createJournal({ redis, prefix, keepDays: config.audit.keepDays }),
    told: createTold(notes),
    clockCheck,
    start: clockCheck.start,
    stop: clockCheck.stop,
    /** Gives back the leases that this process holds, and leaves Redis. */
    async finish(): Promise<void> {
      await Promise.all([leases.released(), groupLeases.released()])
      await redis.quit().catch(() => redis.disconnect())
    },
    /** Leaves Redis at once. */
    close: (): void => redis.disconnect(),
  }
}
export type Stores = Awaited<ReturnType<typeof createStores>>
