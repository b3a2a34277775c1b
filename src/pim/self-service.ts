import type { Trail } from '../audit/trail.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import type { Gate } from '../gate/gate.ts'
import type { Log } from '../observability.ts'
import type { Stores } from '../session/stores.ts'
import { createAccess } from './access.ts'
import { createActs } from './acts/acts.ts'
import { createOpenActs } from './acts/open-acts.ts'
import type { Access } from './answers.ts'
import type { Approvals } from './approval-answers.ts'
import { createApprovals } from './approvals.ts'
import { createAsPerson } from './reading/as-person.ts'

/**
 * The parts by which people turn on access and answer the requests of others. Both are undefined where
 * PIM_SELF_SERVICE is off.
 */
export function createSelfService({
  config,
  clock,
  log,
  stores,
  gate,
  trail,
}: {
  config: Pick<Config, 'pim'>
  clock: Clock
  log: Log
  stores: Pick<Stores, 'notes' | 'sessions' | 'knownPlans'>
  gate: Pick<Gate, 'pim' | 'pimToken' | 'budget' | 'anew' | 'watch'>
  trail: Trail
}): { access: Access | undefined; approvals: Approvals | undefined } {
  if (!config.pim.selfService) return { access: undefined, approvals: undefined }
  const { notes, sessions, knownPlans } = stores
  const { pim, pimToken, budget, anew, watch } = gate
  const openActs = createOpenActs({ notes, clock })
  const acts = createActs({ openActs, trail })
  const asPerson = createAsPerson(pimToken, budget)
  const own = { clock, pim, pimToken, asPerson, notes, openActs, acts, anew, sessions, knownPlans, trail, log }
  const access = createAccess(own)
  return { access, approvals: createApprovals({ ...own, findOut: access.findOut, roster: watch.roster }) }
}
