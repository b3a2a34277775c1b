import type { Caller } from '../caller.ts'
import { isMultifactor } from '../directory/strengths.ts'
import { activationsOf, leastMs } from './acts.ts'
import { endOf } from './grant.ts'
import type { Pim } from './pim.ts'
import { type RuleName, refuseByRules, refuseForContext, refusePim } from './refusals.ts'
import type { Ask } from './requests.ts'

/** Throws PIM's refusal of an activation. The order of the checks is ours, because PIM's order is not known. */
export function checkActivation(pim: Pim, ask: Ask, caller: Caller): void {
  const starts = startOf(pim, ask)
  const until = endOf(ask.length, starts)
  if (until && until.getTime() - starts.getTime() < leastMs) refusePim('InvalidRoleAssignmentRequestSchedule')
  checkNothingOn(pim, ask, starts)
  const failing = failingRules(pim, ask, { caller, starts, until })
  if (failing.length > 0) refuseByRules(failing, pim.switches.policyFailureStyle)
  checkContext(pim, ask, caller)
}

/** The start of an activation: now, when none is given or it has passed. */
function startOf({ clock }: Pim, { from }: Ask): Date {
  return from && from > clock() ? from : clock()
}

function checkNothingOn(pim: Pim, { side, key }: Ask, starts: Date): void {
  const { log, memberships, switches } = pim
  if (log.requests().some(request => request.key === key && request.side === side && log.isOpen(request)))
    refusePim('PendingRoleAssignmentRequest')
  const planned = memberships.plannedFor(key)
  const { running, later } = activationsOf(pim, key)
  const extends_ = switches.extension === 'accepted' && later.length === 0 && running?.until && starts >= running.until
  const hinders = planned.some(({ kind }) => kind === 'assigned') || later.length > 0 || running !== undefined
  if (hinders && !(extends_ && planned.length === 1)) refusePim('RoleAssignmentExists')
}

type Facts = { caller: Caller; starts: Date; until: Date | undefined }

function failingRules(pim: Pim, ask: Ask, { caller, starts, until }: Facts): RuleName[] {
  const { eligibilities, policies } = pim
  const { longestMs, mayBePermanent, enabled, context } = policies.activation(ask.side)
  const isEligible = ask.side === 'member' && eligibilities.now(ask.key) !== undefined
  const isTooLong = until ? until.getTime() - starts.getTime() > longestMs : !mayBePermanent
  const { ticketNumber, ticketSystem } = ask.ticket ?? {}
  const fails: Record<RuleName, boolean> = {
    EligibilityRule: !isEligible,
    ExpirationRule: isTooLong,
    JustificationRule: enabled.includes('Justification') && !ask.reason?.trim(),
    TicketingRule: enabled.includes('Ticketing') && !(ticketNumber?.trim() || ticketSystem?.trim()),
    MfaRule: (enabled.includes('MultiFactorAuthentication') || isIdle(pim, context)) && !isMultifactor(caller.methods),
  }
  return (Object.keys(fails) as RuleName[]).filter(name => fails[name])
}

/** Whether no policy is on the context, not even a disabled one: then PIM asks for two factors in its place. */
const isIdle = ({ isTargeted }: Pim, context: string | undefined): boolean =>
  context !== undefined && !isTargeted(context)

// Only the token counts, not the session at Entra.
function checkContext(pim: Pim, { side }: Ask, caller: Caller): void {
  const { switches } = pim
  const { context } = pim.policies.activation(side)
  if (context === undefined || isIdle(pim, context)) return
  const carries = caller.contexts.has(context) && (caller.takesChallenges || !switches.demandsCp1)
  if (!carries || switches.acrsNeverEnough) refuseForContext(context)
}
