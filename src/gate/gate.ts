import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import type { Microsoft } from '../entra/microsoft.ts'
import { createPim } from '../entra/pim/pim.ts'
import type { Meter } from '../meter/meter.ts'
import type { Log } from '../observability.ts'
import { isMember } from '../session/record/membership.ts'
import type { Stores } from '../session/stores.ts'
import { createAccessNow } from './asking/access-now.ts'
import { createBlocked } from './asking/blocked.ts'
import { createFirstEnd } from './asking/first-end.ts'
import { createPersonBudget } from './asking/person-budget.ts'
import { createPimToken, type Who } from './asking/pim-token.ts'
import { createPlanLearning } from './asking/plan-learning.ts'
import { createRecheck } from './asking/recheck.ts'
import { createRedisDoubts } from './asking/redis-doubts.ts'
import { createGuard } from './guard.ts'
import { createMembershipProof } from './membership-proof.ts'
import { createSubscription } from './news/subscription.ts'
import { createWatch } from './news/watch.ts'
import { createSetUp } from './set-up.ts'
import { createStanding } from './standing.ts'

type Below = {
  config: Config
  clock: Clock
  log: Log
  meter: Pick<Meter, 'decision'>
  microsoft: Microsoft
  stores: Stores
}

/** All that decides who may pass, and asks Microsoft for what the decision needs. */
export function createGate(below: Below) {
  const { config, clock, log, meter, microsoft, stores } = below
  const { sessions, knownPlans, counters, leases, vault } = stores
  const news = createNews(below)
  const { watch } = news
  const { source: roster, staleBefore, heardAt } = watch
  const budget = createPersonBudget({ counters, clock })
  const oidc = { ...microsoft.oidc, refresh: budget.refreshing(microsoft.oidc) }
  const proof = createMembershipProof({ graph: microsoft.graph, groupId: config.access.groupId, oidc })
  const doubts = createRedisDoubts()
  const setUp = createSetUp({ clock, log, isListed: objectId => isMember(roster.membershipOf(objectId)) })
  const blocked = createBlocked({ clock, counters, log })
  const tokens = { clock, oidc, vault, sessions, leases, log }
  const recheck = createRecheck({ ...tokens, proof, staleBefore, heardAt, blocked, doubts, setUp })
  const pim = createPim({ graph: budget.counting(microsoft.graph), groupId: config.access.groupId, clock })
  const pimToken = budget.knowing(createPimToken(tokens))
  const planToken = { get: (who: Who) => budget.check(who.identity).then(() => pimToken.get(who)) }
  const plans = config.pim.selfService
    ? createPlanLearning({ clock, pim, token: planToken, sessions, knownPlans, log })
    : undefined
  const { standingOf, anew, known } = createStanding({ config, clock, recheck, roster, staleBefore, plans })
  return {
    ...news,
    budget,
    proof,
    setUp,
    pim,
    pimToken,
    standingOf,
    anew,
    known,
    firstEnd: plans && createFirstEnd({ clock, known, plans }),
    accessNow: createAccessNow({ config, clock }),
    guard: createGuard({ config, clock, sessions, standingOf, known, doubts, observe: meter.decision }),
  }
}
export type Gate = ReturnType<typeof createGate>

/** How the gate hears of changes of the group: it lists the group itself, and Graph tells it. */
function createNews({ config, clock, log, microsoft, stores }: Below) {
  const { board, groupLeases: leases, clientStates } = stores
  const watch = createWatch({ config, clock, list: microsoft.listGroup, board, leases, log })
  const subscription = createSubscription({
    clock,
    subscriptions: microsoft.subscriptions,
    clientState: () => clientStates[0],
    announce: watch.announce,
    board,
    leases,
    log,
  })
  return {
    watch,
    subscription,
    start(): void {
      if (config.membership.roster || config.graph.notifications) watch.start()
      if (config.graph.notifications) subscription.start()
    },
    /** Leaves to the other replicas what one replica does for all; requests are served as before. */
    retire(): void {
      watch.retire()
      subscription.stop()
    },
    stop(): void {
      watch.stop()
      subscription.stop()
    },
  }
}
