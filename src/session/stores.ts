import type { Clock } from '../clock.ts'
import { administratorsGate, membersGate } from '../config/gates.ts'
import type { Config } from '../config/load.ts'
import type { Meter } from '../meter/meter.ts'
import type { Log } from '../observability.ts'
import { createDrafts } from './drafts.ts'
import { createLedger, originOf } from './ledger/ledger.ts'
import { trailKeys } from './ledger/trail-keys.ts'
import { createWebhookPosition } from './ledger/webhook-position.ts'
import { createClockCheck } from './redis/clock-check.ts'
import { createPresence } from './redis/presence.ts'
import { createRedis } from './redis/redis.ts'
import { createBoard } from './replicas/board.ts'
import { createCounters } from './replicas/counters.ts'
import { createGateStores, type GateStores } from './replicas/gate-stores.ts'
import { createLeases } from './replicas/lease.ts'
import { createNotes } from './replicas/notes.ts'
import { createTold } from './replicas/told.ts'
import { installationMark, scopeOf } from './scope.ts'
import { createSeal } from './sealing/seal.ts'
import { createSessions } from './sessions.ts'
import { createSignIns } from './sign-ins.ts'
import { createCensus } from './stored/census.ts'
import { createGateCensus } from './stored/gate-census.ts'
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
  meter: Pick<Meter, 'redis' | 'trailFault'>
}) {
  const { app, gates: marks } = scopeOf(config)
  const { prefix } = config.redis
  const seal = createSeal(config.session.secrets)
  const redis = await createRedis({ config: config.redis, log, observe: meter.redis })
  const vault = createVault({ redis, seal, prefix, idleMs: config.session.idleMs })
  const census = createCensus({ redis, prefix, about: app, maxMs: config.session.maxMs })
  const isCounting = config.metricsPort !== undefined
  const gateCensus = isCounting ? createGateCensus({ redis, prefix, marks, limits: config.session, clock }) : undefined
  const unmarked = createNotes({ redis, seal, prefix })
  const aboutGates = new Map<string, GateStores>()
  for (const { name } of config.gates) {
    const space = { redis, seal, prefix, about: marks[name] as string }
    aboutGates.set(name, createGateStores({ ...space, clock, ...(name === membersGate && { unmarked }) }))
  }
  const aboutGate = (name: string): GateStores => {
    const found = aboutGates.get(name)
    if (!found) throw new Error(`there is no gate ${name}`)
    return found
  }
  // Administrators end access at each gate, also where nobody turns it on here.
  const hasAdministrators = config.gates.some(({ name }) => name === administratorsGate)
  const knownPlans = Object.fromEntries(
    config.gates
      .filter(({ selfService }) => selfService || hasAdministrators)
      .map(({ name }) => [name, aboutGate(name).knownPlans]),
  )
  const leases = createLeases({ redis, prefix })
  const whole = { redis, prefix, about: installationMark(config) }
  const aboutInstallation = { board: createBoard({ ...whole, seal }), leases: createLeases(whole) }
  const ledger = createLedger({
    ...{ redis, prefix, mark: app, log, leases },
    origin: originOf(config.baseUrl),
    signingKeys: config.audit.signingKeys,
    keepDays: config.audit.keepDays,
    onFault: meter.trailFault,
  })
  const clockCheck = createClockCheck({ redis, clock, log })
  return {
    redis,
    seal,
    presence: createPresence({ redis, prefix }),
    vault,
    census,
    gateCensus,
    /** The memory that is about one gate, by the gate's name. */
    aboutGate,
    /** The memory that is about this installation as a whole. */
    aboutInstallation,
    sessions: createSessions({ config, clock, redis, seal, vault, log, census, gateCensus, knownPlans }),
    signIns: createSignIns({ config, clock, redis, seal }),
    drafts: createDrafts({ config, clock, redis, seal, app }),
    leases,
    counters: createCounters({ redis, prefix }),
    /** The audit trail. */
    ledger,
    webhookPosition: createWebhookPosition({ redis, key: trailKeys({ prefix, mark: app }).webhook }),
    told: createTold(aboutGate(membersGate).notes),
    clockCheck,
    start(): void {
      clockCheck.start()
      ledger.start()
    },
    stop(): void {
      clockCheck.stop()
      ledger.stop()
    },
    /** Folds the last records into the tree of the trail, gives back the leases that this process holds, and leaves Redis. */
    async finish(): Promise<void> {
      await ledger.finish()
      const all = [leases, aboutInstallation.leases, ...[...aboutGates.values()].map(each => each.leases)]
      await Promise.all(all.map(each => each.released()))
      await redis.quit().catch(() => redis.disconnect())
    },
    /** Leaves Redis at once. */
    close: (): void => redis.disconnect(),
  }
}
export type Stores = Awaited<ReturnType<typeof createStores>>
