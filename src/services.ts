import { createTrail } from './audit/trail.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/load.ts'
import { type AppToken, createAppToken } from './entra/app-token.ts'
import { createGraph, GraphRefusal } from './entra/graph.ts'
import { listGroup } from './entra/group-listing.ts'
import { createOidc } from './entra/oidc.ts'
import { createPim } from './entra/pim.ts'
import { createGuard } from './gate/guard.ts'
import { createProof } from './gate/membership.ts'
import { createPimToken } from './gate/pim-token.ts'
import { createPlans } from './gate/plan.ts'
import { createRecheck } from './gate/recheck.ts'
import { createStanding } from './gate/standing.ts'
import { createSubscription } from './gate/subscription.ts'
import { createWatch } from './gate/watch.ts'
import { createLog, type Log } from './observability.ts'
import { createApprovals } from './pim/approvals.ts'
import { createAsPerson } from './pim/as-person.ts'
import { createAccess } from './pim/self-service.ts'
import { createBoard } from './session/board.ts'
import { createDrafts } from './session/drafts.ts'
import { createJournal } from './session/journal.ts'
import { createLeases } from './session/lease.ts'
import { createNotes } from './session/notes.ts'
import { createRedis } from './session/redis.ts'
import { createSeal } from './session/seal.ts'
import { createSignIns } from './session/sign-ins.ts'
import { createSessions } from './session/store.ts'
import { createVault } from './session/vault.ts'

type Parts = { clock?: Clock; log?: Log }

/** What the process owns for its lifetime, made once, in order, and passed down. */
export async function createServices(
  config: Config,
  { clock = () => new Date(), log = createLog(config.log) }: Parts = {},
) {
  const seal = createSeal(config.session.secrets)
  const oidc = createOidc({ config, clock })
  const redis = await createRedis({ url: config.redis.url, log })
  const vault = createVault({ redis, seal, prefix: config.redis.prefix })
  const sessions = createSessions({ config, clock, redis, seal, vault, log })
  const signIns = createSignIns({ config, clock, redis, seal })
  const drafts = createDrafts({ config, clock, redis, seal })
  const graph = createGraph({ config })
  const leases = createLeases({ redis, prefix: config.redis.prefix })
  const proof = createProof({ graph, groupId: config.access.groupId })
  const recheck = createRecheck({ clock, oidc, vault, sessions, leases, proof, log })
  const board = createBoard({ redis, seal, prefix: config.redis.prefix })
  const appToken = createAppToken({ oidc, clock, graphBaseUrl: config.graph.baseUrl })
  const { groupId } = config.access
  const list = async () => listGroup(graph, { groupId, token: await appToken.get() }).catch(forgetting(appToken))
  const watch = createWatch({ config, clock, list, board, leases, log })
  const { source: roster, staleBefore } = watch
  const pim = createPim({ graph, groupId, clock })
  const pimToken = createPimToken({ clock, oidc, vault, leases })
  const { selfService } = config.pim
  const plans = selfService ? createPlans({ clock, pim, token: pimToken, sessions, log }) : undefined
  const { standingOf, anew } = createStanding({ config, clock, recheck, roster, staleBefore, plans })
  const append = createJournal({ redis, prefix: config.redis.prefix, keepDays: config.audit.keepDays })
  const trail = createTrail({ clock, append, onLost: error => log.error({ event: 'audit-record-lost', error }) })
  const notes = createNotes({ redis, seal, prefix: config.redis.prefix })
  const asPerson = createAsPerson(pimToken)
  const own = { clock, pim, pimToken, asPerson, notes, anew, sessions, trail, log }
  const access = selfService ? createAccess(own) : undefined
  const approvals = selfService ? createApprovals({ ...own, roster: watch.roster }) : undefined
  const clientStates = seal.clientStates
  const subscription = createSubscription({
    config,
    clock,
    graph,
    token: appToken.get,
    clientState: clientStates[0],
    board,
    leases,
    log,
  })
  const guard = createGuard({ config, clock, sessions, standingOf })
  if (config.membership.roster || config.graph.notifications) watch.start()
  if (config.graph.notifications) subscription.start()
  const stopLoading = keepLoading(() => oidc.load(), log)
  return {
    config,
    clock,
    log,
    oidc,
    redis,
    vault,
    sessions,
    signIns,
    drafts,
    graph,
    proof,
    pimToken,
    access,
    approvals,
    trail,
    watch,
    subscription,
    clientStates,
    guard,
    close: (): void => {
      stopLoading()
      watch.stop()
      subscription.stop()
      redis.disconnect()
    },
  }
}
export type Services = Awaited<ReturnType<typeof createServices>>

/** A token that Graph refused is not used again. */
const forgetting =
  (appToken: AppToken) =>
  (thrown: unknown): never => {
    if (thrown instanceof GraphRefusal) appToken.drop()
    throw thrown
  }

const longestPauseMs = 10_000

/** Tries until it works, so that a process that started before Entra answered becomes ready by itself. */
function keepLoading(load: () => Promise<void>, log: Log): () => void {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const attempt = (pauseMs: number) =>
    load().then(
      () => log.info({ event: 'entra-ready' }),
      error => {
        log.warn({ event: 'entra-not-ready', error })
        if (!isStopped) timer = setTimeout(attempt, pauseMs, Math.min(pauseMs * 2, longestPauseMs)).unref()
      },
    )
  void attempt(500)
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
