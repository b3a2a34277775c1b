import type { Caller } from '../caller.ts'
import { calledGroup } from '../directory/managed.ts'
import { personBy } from '../directory/people.ts'
import { leastMs } from './acts.ts'
import { msOf } from './durations.ts'
import { endOf } from './grant.ts'
import type { Pim } from './pim.ts'
import { type RuleName, refuseByRules, refusePim } from './refusals.ts'
import type { Ask, PimRequest } from './requests.ts'

type Plan = { id: string; from: Date; until: Date | undefined }
type Asked = { about: PimRequest['about']; ask: Ask }

const rulesOf = { assignment: 'Admin_Assignment', eligibility: 'Admin_Eligibility' }

/** Throws the refusal that PIM gives an administrator. */
export function checkAdministration(pim: Pim, asked: Asked & { caller: Caller }): void {
  const { ask } = asked
  const present = presentOf(pim, asked)
  if (ask.side === 'owner') refusePim('InvalidRoleAssignmentRequest')
  if (ask.action === 'adminAssign' && present) refusePim('RoleAssignmentExists')
  if (ask.action !== 'adminAssign' && ask.action !== 'adminRenew' && !present) refusePim('RoleAssignmentDoesNotExist')
  if (ask.action === 'adminRemove') checkRemoval(pim, asked, present)
  else checkPlan(pim, asked)
}

function checkPlan(pim: Pim, asked: Asked & { caller: Caller }): void {
  const { ask } = asked
  const { from, until } = planOf(pim, ask)
  if (until && until.getTime() - from.getTime() < leastMs) refusePim('InvalidRoleAssignmentRequestSchedule')
  const failing = failingRules(pim, asked, { from, until })
  if (failing.length > 0) refuseByRules(failing, pim.switches.policyFailureStyle)
}

function checkRemoval({ clock }: Pim, { about }: Asked, present: Plan | undefined): void {
  const isYoung = present && clock().getTime() - present.from.getTime() < leastMs
  if (about === 'assignment' && isYoung && present.from <= clock()) refusePim('ActiveDurationTooShort')
}

function failingRules(
  { policies }: Pim,
  { about, ask, caller }: Asked & { caller: Caller },
  { from, until }: Omit<Plan, 'id'>,
): RuleName[] {
  const rules = policies.rules[ask.side]
  const { enabledRules = [] } = (rules.get(`Enablement_${rulesOf[about]}`) ?? {}) as { enabledRules?: string[] }
  const expiration = (rules.get(`Expiration_${rulesOf[about]}`) ?? {}) as Record<string, unknown>
  const longestMs = msOf(String(expiration.maximumDuration)) ?? 0
  const isTooLong = until && until.getTime() - from.getTime() > longestMs
  return [
    ...(expiration.isExpirationRequired && (isTooLong || !until) ? (['ExpirationRule'] as const) : []),
    ...(enabledRules.includes('Justification') && !ask.reason?.trim() ? (['JustificationRule'] as const) : []),
    ...(enabledRules.includes('Ticketing') && !ask.ticket?.ticketNumber ? (['TicketingRule'] as const) : []),
    ...(enabledRules.includes('MultiFactorAuthentication') && !caller.methods.includes('fido')
      ? (['MfaRule'] as const)
      : []),
  ]
}

/** Carries out an administrator's order. */
export function administer(pim: Pim, { about, ask, by }: Asked & { by: string | undefined }): PimRequest {
  const { clock, log, memberships, eligibilities } = pim
  const present = presentOf(pim, { about, ask })
  const book = about === 'assignment' ? memberships : eligibilities
  if (ask.action === 'adminRemove') {
    if (present) book.moveEnd(present.id, clock())
    tell(pim, { about, ask }, clock())
    return log.add({ ...ask, about, by, status: 'Revoked', target: present?.id })
  }
  const { from, until } = planOf(pim, ask)
  const forced = pim.switches.forcedStatus
  delete pim.switches.forcedStatus
  if (forced) return log.add({ ...ask, about, by, status: forced, starts: from })
  tell(pim, { about, ask }, until)
  if (present) book.moveEnd(present.id, until)
  const request = log.add({ ...ask, about, by, status: 'Provisioned', starts: from, target: present?.id })
  if (from > clock()) Object.assign(request, { status: 'Granted', becomes: { at: from, status: 'Provisioned' } })
  if (present) return request
  request.target = request.id
  const plan = { id: request.id, key: ask.key, from, until }
  if (about === 'assignment') memberships.begin({ ...plan, kind: 'assigned' })
  else eligibilities.add(plan)
  return request
}

/** The mail to the person and to the administrators. */
function tell(pim: Pim, { about, ask }: Asked, until: Date | undefined): void {
  const person = personBy(ask.key)
  const called = calledGroup(pim)
  const isNew = ask.action === 'adminAssign' || ask.action === 'adminRenew'
  const subjects = {
    assignment: {
      given: isNew
        ? `${person.name} was assigned to ${called}`
        : `The access of ${person.name} to ${called} was changed`,
      removed: `${person.name} was removed from ${called}`,
    },
    eligibility: {
      given: isNew
        ? `${person.name} may turn on access to ${called}`
        : `How long ${person.name} may turn on access to ${called} was changed`,
      removed: `${person.name} may no longer turn on access to ${called}`,
    },
  }
  const subject = subjects[about][ask.action === 'adminRemove' ? 'removed' : 'given']
  pim.memberships.notify(person, { subject, until, reason: ask.reason ?? 'none' })
}

function planOf({ clock }: Pim, { from, length }: Ask): Omit<Plan, 'id'> {
  const starts = from && from > clock() ? from : clock()
  return { from: starts, until: endOf(length, starts) }
}

function presentOf({ memberships, eligibilities }: Pim, { about, ask }: Asked): Plan | undefined {
  return about === 'assignment'
    ? memberships.plannedFor(ask.key)[0]
    : eligibilities.planned().find(({ key }) => key === ask.key)
}
