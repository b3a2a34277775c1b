import type { Observations } from '../audit/observations.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import { createPeopleSearch } from '../entra/directory/people-search.ts'
import type { Microsoft } from '../entra/microsoft.ts'
import type { Meter } from '../meter/meter.ts'
import type { Log } from '../observability.ts'
import { isMember } from '../session/record/membership.ts'
import type { Stores } from '../session/stores.ts'
import { createBlocked } from './asking/blocked.ts'
import { createPersonBudget } from './asking/person-budget.ts'
import { createPimToken, type Who } from './asking/pim-token.ts'
import { createRecheck } from './asking/recheck.ts'
import { createRedisDoubts } from './asking/redis-doubts.ts'
import { createGates } from './gates.ts'
import { createGuard } from './guard.ts'
import { createMembershipProof } from './membership-proof.ts'
import { createNews } from './news/news.ts'
import { createSeenAtGate } from './observing/at-the-gate.ts'
import { createSeenByToken } from './observing/by-token.ts'
import { createOneGate } from './one-gate.ts'
import { createSetUp } from './set-up.ts'

type Below = {
  config: Config
  clock: Clock
  log: Log
  meter: Pick<Meter, 'decision'>
  microsoft: Microsoft
  stores: Stores
  observations: Observations
}

/** All that decides who may pass, and asks Microsoft for what the decision needs: once for all gates, and for each gate. */
export function createGate(below: Below) {
  const { config, clock, log, meter, microsoft, stores, observations } = below
  const { sessions, counters, leases, vault } = stores
  const names = config.gates.map(({ name }) => name)
  const heard = config.gates.map((settings, index) => ({
    settings,
    news: createNews(settings, {
      ...below,
      stores: stores.aboutGate(settings.name),
      delayMs: (index * config.membership.rosterMs) / config.gates.length,
    }),
  }))
  const budget = createPersonBudget({ counters, clock, gates: names.length })
  const oidc = { ...microsoft.oidc, refresh: budget.refreshing(microsoft.oidc) }
  const proof = createMembershipProof({ graph: microsoft.graph, gates: config.gates, oidc })
  const doubts = createRedisDoubts()
  const isListed = (objectId: string) => heard.some(({ news }) => isMember(news.source.membershipOf(objectId)))
  const setUp = createSetUp({ clock, log, isListed })
  const blocked = createBlocked({ clock, counters, log })
  const tokens = { clock, oidc, vault, sessions, leases, log }
  const asked = heard.map(({ settings: { name }, news: { staleBefore, heardAt } }) => ({ name, staleBefore, heardAt }))
  const unlisted = config.gates.filter(({ groupId }) => !config.membership.roster || groupId === undefined)
  const seenByToken = createSeenByToken({
    lifeMs: config.session.maxMs,
    gates: unlisted.map(({ name }) => ({ name, notes: stores.aboutGate(name).notes })),
    observations,
    log,
  })
  const recheckFor = createRecheck({
    ...tokens,
    proof,
    gates: asked,
    blocked,
    doubts,
    setUp,
    observations,
    seenByToken,
  })
  const pimToken = budget.knowing(createPimToken({ ...tokens, gates: names }))
  const administrationToken = budget.knowing(createPimToken({ ...tokens, gates: names, work: 'administration' }))
  const planToken = { get: (who: Who) => budget.check(who.identity).then(() => pimToken.get(who)) }
  const graph = budget.counting(microsoft.graph)
  const gates = createGates(
    heard.map(({ settings, news }) => {
      const { name } = settings
      const own = { settings, news, recheck: recheckFor(name), stores: stores.aboutGate(name) }
      return createOneGate({ ...own, sessions, graph, planToken, config, clock, log })
    }),
  )
  const seen = createSeenAtGate({ clock, counters, observations })
  return {
    gates,
    budget,
    proof,
    setUp,
    pimToken,
    /** The person's own token for giving other people access. */
    administrationToken,
    search: createPeopleSearch(graph),
    /** Hears of a session after Entra told of its person. */
    seenByToken,
    guard: createGuard({ config, clock, sessions, gates, doubts, observe: meter.decision, seen }),
    start(): void {
      for (const { news } of heard) news.start()
    },
    /** Leaves to the other replicas what one replica does for all; requests are served as before. */
    retire(): void {
      for (const { news } of heard) news.retire()
    },
    stop(): void {
      for (const { news } of heard) news.stop()
    },
  }
}
export type Gate = ReturnType<typeof createGate>
