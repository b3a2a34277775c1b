import { createObservations } from './audit/observations.ts'
import { createTrail } from './audit/trail.ts'
import type { Clock } from './clock.ts'
import { administratorsGate } from './config/gates.ts'
import type { Config } from './config/load.ts'
import { createSecretFiles } from './config/secret-files.ts'
import { createMicrosoft } from './entra/microsoft.ts'
import { createGate } from './gate/gate.ts'
import { createMeter, type Meter } from './meter/meter.ts'
import { createLog, type Log } from './observability.ts'
import { verdictOfThrown } from './pim/acts/verdict.ts'
import { createAdministration } from './pim/administration/administration.ts'
import { createPeople } from './pim/people/people.ts'
import { createSelfService } from './pim/self-service.ts'
import { createEndingSessions, verdictOfBrokenEnd } from './session/ending-sessions.ts'
import { scopeOf } from './session/scope.ts'
import { createStores, type Stores } from './session/stores.ts'
import { createDailyCheck } from './setup/daily/daily-check.ts'
import { createLookingAtTenant } from './setup/daily/looking-at-tenant.ts'
import { createDelivering } from './webhook/delivering.ts'
import { createWebhook } from './webhook/webhook.ts'

type Parts = { clock?: Clock; log?: Log }

/**
 * All that the process owns for its lifetime, made once, floor by floor, and passed down. Nothing runs by itself before
 * `start`; then `finish` or `close` ends it.
 */
export async function createServices(
  config: Config,
  { clock = () => new Date(), log = createLog(config.log) }: Parts = {},
) {
  const meter = createMeter(config.gates.map(({ name }) => name))
  const ground = { config, clock, log, meter }
  const microsoft = createMicrosoft(ground)
  const stores = await createStores(ground)
  const observations = createObservations({
    append: stores.ledger.append,
    onKept: meter.observed,
    onLost: ({ kind, record: { actor, gate }, error }) => {
      meter.observationLost(kind)
      log.error({ event: 'observation-lost', kind, gate, oid: actor?.objectId, error })
    },
  })
  const gate = createGate({ ...ground, microsoft, stores, observations })
  const trailAt = (gate: string, verdict = verdictOfThrown) =>
    createTrail({
      gate,
      append: stores.ledger.append,
      once: stores.told,
      verdictOfThrown: verdict,
      onKept: meter.act,
      onLost: error => {
        meter.auditLost()
        log.error({ event: 'audit-record-lost', gate, error })
      },
    })
  const selfService = createSelfService({ ...ground, stores, gate, trailAt, observations })
  const people = createPeople({ ...ground, microsoft, stores, gate, trailAt })
  const administration = createAdministration({ ...ground, stores, gate, trailAt, removals: people.removals })
  const endSessions = createEndingSessions({
    clock,
    sessions: stores.sessions,
    trail: trailAt(administratorsGate, verdictOfBrokenEnd),
  })
  const secretFiles = createSecretFiles(config.secretFiles, {
    sessionSecrets: stores.seal.renew,
    credential: microsoft.renewCredential,
    signingKeys: stores.ledger.renewSigningKeys,
    taken: name => log.info({ event: 'secret-file-taken', name }),
    refused: (name, why) => log.error({ event: 'secret-file-refused', name, why }),
  })

  const dailyCheck = createDailyCheck({
    ...stores.aboutInstallation,
    clock,
    log,
    lookAtTenant: createLookingAtTenant({ config, clock, appToken: microsoft.appToken }),
  })

  const webhook = webhookOf({ ...ground, stores })
  const running = [stores, microsoft, gate, secretFiles, dailyCheck, ...(webhook ? [webhook] : [])]
  const stop = (): void => {
    for (const part of running) part.stop()
  }

  return {
    ...ground,
    ...microsoft,
    ...stores,
    ...gate,
    ...selfService,
    /** What is recorded because it was seen. */
    observations,
    /** What administrators do about other people's access. */
    administration,
    endSessions,
    /** Who has access now. */
    people,
    webhook,
    /** What is wrong with the set-up of the tenant. */
    dailyCheck,
    /** Leaves to the other replicas what one replica does for all; requests are served as before. */
    retire(): void {
      gate.retire()
      dailyCheck.retire()
    },
    /** Begins what the process does by itself: timers, and the first questions to Entra and Graph. */
    start(): void {
      for (const part of running) part.start()
    },
    /** Ends what the process does by itself. */
    stop,
    /** After the last request: what was begun is finished, its leases are given back, and Redis goes last. */
    async finish(): Promise<void> {
      stop()
      await observations.settled()
      await stores.finish()
    },
    /** At once, whatever is going on. */
    close(): void {
      stop()
      stores.close()
    },
  }
}
export type Services = Awaited<ReturnType<typeof createServices>>

type ForWebhook = { config: Config; clock: Clock; log: Log; meter: Pick<Meter, 'webhook'>; stores: Stores }

/** Sends the trail to the address of AUDIT_WEBHOOK_URL; undefined where there is none. */
function webhookOf({ config, clock, log, meter, stores }: ForWebhook) {
  const { webhook } = config.audit
  if (!webhook) return undefined
  const { ledger, leases, webhookPosition: position } = stores
  const deliver = createDelivering({ ...webhook, clock })
  const trail = `trail-${scopeOf(config).app}`
  return createWebhook({ ledger, position, leases, deliver, trail, log, observe: meter.webhook })
}
