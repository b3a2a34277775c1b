import type { Clock } from '../clock.ts'
import type { GateSettings } from '../config/gates.ts'
import type { Config } from '../config/load.ts'
import type { Graph } from '../entra/graph/graph.ts'
import { createPim } from '../entra/pim/pim.ts'
import type { Log } from '../observability.ts'
import { createGateSessions } from '../session/gate-sessions.ts'
import type { GateStores } from '../session/replicas/gate-stores.ts'
import type { Sessions } from '../session/sessions.ts'
import { createAccessNow } from './asking/access-now.ts'
import type { RecheckOf } from './asking/answer.ts'
import { createFirstEnd } from './asking/first-end.ts'
import type { PimToken } from './asking/pim-token.ts'
import { createPlanLearning } from './asking/plan-learning.ts'
import type { News } from './news/news.ts'
import { createStanding } from './standing.ts'

/**
 * All that one gate knows and asks for itself: the news of its group, PIM's word on it, and where each person stands
 * there. The person's own token is asked for all gates together, by `recheck`.
 */
export function createOneGate({
  settings,
  news,
  recheck,
  stores,
  sessions,
  graph,
  planToken,
  config,
  clock,
  log,
}: {
  settings: GateSettings
  news: News
  recheck: RecheckOf
  stores: Pick<GateStores, 'knownPlans'>
  sessions: Sessions
  /** Graph, with the calls of each person counted. */
  graph: Graph
  planToken: Pick<PimToken, 'get'>
  config: Pick<Config, 'membership'>
  clock: Clock
  log: Log
}) {
  const { name, title, groupId, role, selfService } = settings
  const isByRole = role !== undefined
  const gateSessions = createGateSessions(sessions, name)
  const { knownPlans } = stores
  const { source: roster, staleBefore } = news
  const pim = groupId === undefined ? undefined : createPim({ graph, groupId, clock })
  const plans =
    pim && selfService
      ? createPlanLearning({
          clock,
          pim,
          token: planToken,
          sessions: gateSessions,
          knownPlans,
          log: log.child({ gate: name }),
        })
      : undefined
  const { standingOf, anew, known } = createStanding({ config, clock, recheck, roster, staleBefore, plans, isByRole })
  return {
    name,
    title,
    settings,
    news,
    sessions: gateSessions,
    /** Undefined for a gate without a group: there is nothing that PIM could say of it. */
    pim,
    standingOf,
    anew,
    known,
    firstEnd: plans && createFirstEnd({ clock, known, plans }),
    accessNow: createAccessNow({ config, clock }),
  }
}
export type OneGate = ReturnType<typeof createOneGate>
