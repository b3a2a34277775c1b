import type { Observations } from '../audit/observations.ts'
import type { Trail } from '../audit/trail.ts'
import type { Clock } from '../clock.ts'
import type { Pim } from '../entra/pim/pim.ts'
import type { Gate } from '../gate/gate.ts'
import type { OneGate } from '../gate/one-gate.ts'
import type { Log } from '../observability.ts'
import type { Stores } from '../session/stores.ts'
import { createAccess } from './access.ts'
import { createActs } from './acts/acts.ts'
import { createOpenActs } from './acts/open-acts.ts'
import { createSeenOfActs } from './acts/seen.ts'
import type { Access } from './answers.ts'
import type { Approvals } from './approval-answers.ts'
import { createApprovals } from './approvals.ts'
import { createAsPerson } from './reading/as-person.ts'

/** What people do for themselves about one gate: they turn on access there, and answer the requests of others. */
export type SelfService = {
  gate: string
  title: string
  /** Whether the group carries a role, which only the person's own token proves. */
  isByRole: boolean
  access: Access
  approvals: Approvals
}

type Below = {
  clock: Clock
  log: Log
  stores: Pick<Stores, 'aboutGate'>
  gate: Pick<Gate, 'gates' | 'pimToken' | 'budget'>
  /** The trail of the acts at the gate of this name. */
  trailAt: (gate: string) => Trail
  observations: Observations
}

/** The parts by which people help themselves, for each gate whose settings allow it, in the order of the settings. */
export function createSelfService(below: Below): { selfService: readonly SelfService[] } {
  const selfService = below.gate.gates.all.flatMap(gate => {
    const { pim, settings } = gate
    return pim && settings.selfService ? [ofGate(gate, pim, below)] : []
  })
  return { selfService }
}

function ofGate(
  oneGate: OneGate,
  pim: Pim,
  { clock, log: logOfAll, stores, gate, trailAt, observations }: Below,
): SelfService {
  const { name, title, anew, sessions, news } = oneGate
  const log = logOfAll.child({ gate: name })
  const trail = trailAt(name)
  const { notes, knownPlans } = stores.aboutGate(name)
  const { pimToken, budget } = gate
  const openActs = createOpenActs({ notes, clock })
  const acts = createActs({ openActs, trail })
  const asPerson = createAsPerson(pimToken, budget)
  const isByRole = oneGate.settings.role !== undefined
  const own = {
    clock,
    pim,
    pimToken,
    asPerson,
    notes,
    openActs,
    acts,
    anew,
    sessions,
    knownPlans,
    isByRole,
    trail,
    seen: createSeenOfActs(name, observations),
    log,
  }
  const access = createAccess(own)
  const approvals = createApprovals({ ...own, findOut: access.findOut, roster: news.roster })
  return { gate: name, title, isByRole, access, approvals }
}
