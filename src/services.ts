import { createTrail } from './audit/trail.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/load.ts'
import { followSecretFiles } from './config/secret-files.ts'
import { type CredentialExpiry, createCredentialExpiry } from './entra/graph/credential-expiry.ts'
import { createGraph, GraphRefusal } from './entra/graph/graph.ts'
import { listGroup } from './entra/graph/group-listing.ts'
import { createSubscriptions } from './entra/graph/subscriptions.ts'
import { type AppToken, createAppToken } from './entra/oidc/app-token.ts'
import { type Credentials, createCredentials } from './entra/oidc/credentials.ts'
import { createOidc, type Oidc } from './entra/oidc/oidc.ts'
import { createPim } from './entra/pim/pim.ts'
import { createAccessNow } from './gate/asking/access-now.ts'
import { createBlocked } from './gate/asking/blocked.ts'
import { createFirstEnd } from './gate/asking/first-end.ts'
import { createPersonBudget } from './gate/asking/person-budget.ts'
import { createPimToken, type Who } from './gate/asking/pim-token.ts'
import { createPlans } from './gate/asking/plans.ts'
import { createRecheck } from './gate/asking/recheck.ts'
import { createRedisDoubts } from './gate/asking/redis-doubts.ts'
import { createGuard } from './gate/guard.ts'
import { createProof } from './gate/membership.ts'
import { createSubscription } from './gate/news/subscription.ts'
import { createWatch } from './gate/news/watch.ts'
import { createSetUp } from './gate/set-up.ts'
import { createStanding } from './gate/standing.ts'
import { createMeter } from './meter.ts'
import { createLog, errorFields, type Log } from './observability.ts'
import { createAccess } from './pim/access.ts'
import { createActs } from './pim/acts/acts.ts'
import { createOpenActs } from './pim/acts/open-acts.ts'
import { verdictOfThrown } from './pim/acts/verdict.ts'
import { createApprovals } from './pim/approvals.ts'
import { createAsPerson } from './pim/reading/as-person.ts'
import { createClockCheck } from './session/clock-check.ts'
import { createDrafts } from './session/drafts.ts'
import { createCensus } from './session/lives/census.ts'
import { createKnownPlans } from './session/lives/known-plans.ts'
import { createPresence } from './session/lives/presence.ts'
import { isMember } from './session/lives/record.ts'
import { createRedis } from './session/redis/redis.ts'
import { createBoard } from './session/replicas/board.ts'
import { createCounters } from './session/replicas/counters.ts'
import { createJournal } from './session/replicas/journal.ts'
import { createLeases } from './session/replicas/lease.ts'
import { createNotes } from './session/replicas/notes.ts'
import { createTold } from './session/replicas/told.ts'
import { scopeOf } from './session/scope.ts'
import { createSeal, type Seal } from './session/sealing/seal.ts'
import { createSignIns } from './session/sign-ins.ts'
import { createSessions } from './session/store.ts'
import { createVault } from './session/vault.ts'

type Parts = { clock?: Clock; log?: Log }

/** What the process owns for its lifetime, made once, in order, and passed down. */
export async function createServices(
  config: Config,
  { clock = () => new Date(), log = createLog(config.log) }: Parts = {},
) {
  const meter = createMeter()
  const { app, group } = scopeOf(config)
  const { prefix } = config.redis
  const seal = createSeal(config.session.secrets, { hooksAbout: group })
  const credentials = createCredentials(config.entra.credential, { log, onRefusal: meter.secretRefused })
  const oidc = createOidc({ config, clock, credentials, observe: meter.entra })
  const redis = await createRedis({ config: config.redis, log, observe: meter.redis })
  const presence = createPresence({ redis, prefix })
  const vault = createVault({ redis, seal, prefix, idleMs: config.session.idleMs })
  const census = config.metricsPort === undefined ? undefined : createCensus({ redis, prefix, about: app })
  const { selfService } = config.pim
  const notes = createNotes({ redis, seal, prefix, about: group })
  const knownPlans = createKnownPlans({ notes, unmarked: createNotes({ redis, seal, prefix }), clock })
  const sessions = createSessions({
    config,
    clock,
    redis,
    seal,
    vault,
    log,
    census,
    ...(selfService && { knownPlans }),
  })
  const signIns = createSignIns({ config, clock, redis, seal })
  const drafts = createDrafts({ config, clock, redis, seal, app })
  const graph = createGraph({ config, observe: meter.graph })
  const leases = createLeases({ redis, prefix })
  const groupLeases = createLeases({ redis, prefix, about: group })
  const counters = createCounters({ redis, prefix })
  const budget = createPersonBudget({ counters, clock })
  const asking = { ...oidc, refresh: budget.refreshing(oidc) }
  const proof = createProof({ graph, groupId: config.access.groupId, oidc: asking })
  const doubts = createRedisDoubts()
  const board = createBoard({ redis, seal, prefix, about: group })
  const appToken = createAppToken({ oidc, clock, graphBaseUrl: config.graph.baseUrl })
  const { groupId } = config.access
  const list = counted(meter.rosterPolled, async () =>
    listGroup(graph, { groupId, token: await appToken.get() }).catch(forgetting(appToken)),
  )
  const watch = createWatch({ config, clock, list, board, leases: groupLeases, log })
  const { source: roster, staleBefore } = watch
  const blocked = createBlocked({ clock, counters, log })
  const isListed = (objectId: string) => isMember(roster.membershipOf(objectId))
  const setUp = createSetUp({ clock, log, isListed })
  const recheck = createRecheck({
    clock,
    oidc: asking,
    vault,
    sessions,
    leases,
    proof,
    staleBefore,
    heardAt: watch.heardAt,
    log,
    blocked,
    doubts,
    setUp,
  })
  const pim = createPim({ graph: budget.counting(graph), groupId, clock })
  const pimToken = budget.knowing(createPimToken({ clock, oidc: asking, vault, leases, sessions, log }))
  const planToken = { get: (who: Who) => budget.check(who.identity).then(() => pimToken.get(who)) }
  const plans = selfService ? createPlans({ clock, pim, token: planToken, sessions, knownPlans, log }) : undefined
  const { standingOf, anew, known } = createStanding({ config, clock, recheck, roster, staleBefore, plans })
  const firstEnd = plans && createFirstEnd({ clock, known, plans })
  const append = createJournal({ redis, prefix, keepDays: config.audit.keepDays })
  const lost = (error: unknown): void => {
    meter.auditLost()
    log.error({ event: 'audit-record-lost', error })
  }
  const trail = createTrail({ clock, append, once: createTold(notes), verdictOf: verdictOfThrown, onLost: lost })
  const openActs = createOpenActs({ notes, clock })
  const acts = createActs({ openActs, trail })
  const asPerson = createAsPerson(pimToken, budget)
  const own = { clock, pim, pimToken, asPerson, notes, openActs, acts, anew, sessions, knownPlans, trail, log }
  const access = selfService ? createAccess(own) : undefined
  const approvals = access && createApprovals({ ...own, findOut: access.findOut, roster: watch.roster })
  const clientStates = seal.clientStates
  const subscription = createSubscription({
    clock,
    subscriptions: createSubscriptions({ config, clock, graph, appToken }),
    clientState: () => clientStates[0],
    announce: watch.announce,
    board,
    leases: groupLeases,
    log,
  })
  const accessNow = createAccessNow({ config, clock })
  const guard = createGuard({ config, clock, sessions, standingOf, known, doubts, observe: meter.decision })
  const { clientId } = config.entra
  const expiry = createCredentialExpiry({ clock, credentials, clientId, graph, token: appToken.get, log })
  const stopFollowing = followSecrets({ config, seal, credentials, expiry, log })
  const clockCheck = createClockCheck({ redis, clock, log })
  clockCheck.start()
  expiry.start()
  if (config.membership.roster || config.graph.notifications) watch.start()
  if (config.graph.notifications) subscription.start()
  const stopLoading = keepLoading(oidc, log)
  return {
    config,
    clock,
    log,
    meter,
    credentials,
    expiry,
    census,
    clockCheck,
    oidc,
    redis,
    presence,
    vault,
    sessions,
    signIns,
    drafts,
    counters,
    graph,
    proof,
    setUp,
    pimToken,
    firstEnd,
    access,
    approvals,
    trail,
    watch,
    subscription,
    clientStates,
    guard,
    accessNow,
    standingOf,
    known,
    /** What one replica does for all is left to the others; requests are served as before. */
    retire: (): void => {
      watch.retire()
      subscription.stop()
    },
    /** When the last request is over: what was begun is finished, its leases are given back, and Redis goes last. */
    finish: async (): Promise<void> => {
      stopLoading()
      stopFollowing()
      clockCheck.stop()
      expiry.stop()
      watch.stop()
      subscription.stop()
      await Promise.all([leases.released(), groupLeases.released()])
      await redis.quit().catch(() => redis.disconnect())
    },
    /** At once, whatever is going on. */
    close: (): void => {
      stopLoading()
      stopFollowing()
      clockCheck.stop()
      expiry.stop()
      watch.stop()
      subscription.stop()
      redis.disconnect()
    },
  }
}
export type Services = Awaited<ReturnType<typeof createServices>>

/** Secrets that change in their files are taken without a restart, and nobody is signed out by it. */
const followSecrets = ({
  config,
  seal,
  credentials,
  expiry,
  log,
}: {
  config: Config
  seal: Seal
  credentials: Credentials
  expiry: Pick<CredentialExpiry, 'anew'>
  log: Log
}) =>
  followSecretFiles(config.secretFiles, {
    sessionSecrets: seal.renew,
    credential: next => {
      credentials.renew(next)
      expiry.anew()
    },
    taken: name => log.info({ event: 'secret-file-taken', name }),
    refused: (name, why) => log.error({ event: 'secret-file-refused', name, why }),
  })

/** The same work, counted by whether it was done. */
const counted =
  <T>(count: (result: 'ok' | 'failed') => void, work: () => Promise<T>) =>
  (): Promise<T> => {
    const begun = work()
    begun.then(
      () => count('ok'),
      () => count('failed'),
    )
    return begun
  }

/** A token that Graph refused is not used again. */
const forgetting =
  (appToken: AppToken) =>
  (thrown: unknown): never => {
    if (thrown instanceof GraphRefusal) appToken.drop()
    throw thrown
  }

const longestPauseMs = 10_000

/** Tries until it works, so that a process that started before Entra answered becomes ready by itself. */
function keepLoading({ load, issuer }: Pick<Oidc, 'load' | 'issuer'>, log: Log): () => void {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let told = ''
  const attempt = (tries: number, pauseMs: number) =>
    load().then(
      () => log.info({ event: 'entra-ready' }),
      error => {
        const words = JSON.stringify(errorFields(error))
        const isNews = words !== told
        told = words
        log.warn({ event: 'entra-not-ready', issuer, tries, ...(isNews && { error }) })
        if (!isStopped) timer = setTimeout(attempt, pauseMs, tries + 1, Math.min(pauseMs * 2, longestPauseMs)).unref()
      },
    )
  void attempt(1, 500)
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
