import { calledInActivations } from '../directory/managed.ts'
import { personBy } from '../directory/people.ts'
import type { StayThen } from '../directory/stays.ts'
import { isApprover } from './approvers.ts'
import { grant } from './grant.ts'
import type { Pim } from './pim.ts'
import type { Ask, PimRequest } from './requests.ts'

const day = 24 * 3_600_000
const pendingFor = day
const statusOfLapsed = 'Failed'
export const leastMs = 5 * 60_000

/** The person's activations: the one in force and those that begin later. */
export function activationsOf({ memberships, clock }: Pim, key: string): { running?: StayThen; later: StayThen[] } {
  const planned = memberships.plannedFor(key).filter(({ kind }) => kind === 'activated')
  const running = planned.find(({ from }) => from <= clock())
  return { ...(running && { running }), later: planned.filter(({ from }) => from > clock()) }
}

/** Accepts an activation: it is granted, or waits for an approver for as long as PIM allows. */
export function activate(pim: Pim, ask: Ask): PimRequest {
  const { clock, log, policies, memberships } = pim
  const request = log.add({ ...ask, about: 'assignment', by: ask.key, status: 'Granted' })
  if (!policies.activation(ask.side).approval) {
    grant(pim, request)
    return request
  }
  const until = new Date(clock().getTime() + pendingFor)
  const approvers = policies.approversOf(ask.side)
  Object.assign(request, { status: 'PendingApproval', completed: undefined, approval: { approvers } })
  request.becomes = { at: until, status: statusOfLapsed }
  const person = personBy(ask.key)
  const subject = `${person.name} asks to turn on access to ${calledInActivations(pim)}`
  memberships.notify(person, { subject, until, reason: ask.reason ?? '' }, approversOf(pim, request))
  return request
}

function approversOf(pim: Pim, request: PimRequest) {
  const keys = request.approval?.approvers.people ?? []
  return keys.map(personBy).filter(person => isApprover(pim, request, person.key))
}

/** Ends the activation in force. Throws when there is none. */
export function deactivate(pim: Pim, ask: Ask): PimRequest {
  const { clock, log, memberships, switches } = pim
  const { running, later } = activationsOf(pim, ask.key)
  if (!running) throw new Error(`${personBy(ask.key).name} has not turned on access`)
  for (const stay of [running, ...(switches.deactivationEnds === 'all' ? later : [])])
    memberships.moveEnd(stay.id, clock())
  return log.add({ ...ask, about: 'assignment', by: ask.key, status: 'Revoked', target: running.id })
}

/** Whether a request can still be cancelled: it is waiting, or begins later. */
export function mayCancel({ clock, log }: Pim, request: PimRequest): boolean {
  const { becomes, status } = request
  if (log.isOpen(request) || status === 'PendingAdminDecision') return true
  return becomes !== undefined && becomes.at > clock() && !['Canceled', 'Denied', 'Failed'].includes(status)
}

export function cancel({ clock, log, memberships, eligibilities }: Pim, request: PimRequest): void {
  const wasOpen = log.isOpen(request)
  const { target, about } = request
  if (target && !wasOpen) (about === 'eligibility' ? eligibilities : memberships).moveEnd(target, clock())
  settle(request, 'Canceled', clock())
}

/** Takes the first decision on a waiting request. The caller has checked the approver already. */
export function decide(
  pim: Pim,
  request: PimRequest,
  decision: { by: string; approve: boolean; comment: string },
): void {
  if (!request.approval) throw new Error('the request needs no approval')
  const at = pim.clock()
  request.approval.decision = { ...decision, at }
  if (decision.approve) grant(pim, request)
  else settle(request, 'Denied', at)
}

function settle(request: PimRequest, status: string, at: Date): void {
  Object.assign(request, { status, completed: at })
  delete request.becomes
}
