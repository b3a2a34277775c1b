import type { Caller } from '../caller.ts'
import { activate, activationsOf, deactivate, leastMs } from './acts.ts'
import { administer, checkAdministration } from './administration.ts'
import { checkActivation } from './checks.ts'
import type { Pim } from './pim.ts'
import { refusePim } from './refusals.ts'
import type { Ask, PimRequest } from './requests.ts'

/** An order to PIM through Graph, from a caller who may give it. */
export type Order = { about: PimRequest['about']; ask: Ask; caller: Caller }

/** Runs the checks and changes nothing. Throws PIM's refusals. */
export function validate(pim: Pim, order: Order): PimRequest {
  check(pim, order)
  const { about, ask, caller } = order
  const at = pim.clock()
  return {
    ...ask,
    id: crypto.randomUUID(),
    group: pim.group,
    about,
    by: caller.person?.key,
    created: at,
    completed: at,
    status: 'Granted',
  }
}

/** Runs the checks and carries out the part of the order that can be done at once. */
export function carryOut(pim: Pim, order: Order): PimRequest {
  check(pim, order)
  const { about, ask, caller } = order
  if (ask.action === 'selfActivate') return activate(pim, ask)
  if (ask.action === 'selfDeactivate') {
    if (!isTooShort(pim, ask)) return deactivate(pim, ask)
    return pim.log.add({ ...ask, about, by: ask.key, status: 'Failed' })
  }
  if (ask.action === 'selfExtend' || ask.action === 'selfRenew')
    return pim.log.add({ ...ask, about, by: ask.key, completed: undefined, status: 'PendingAdminDecision' })
  return administer(pim, { about, ask, by: caller.person?.key })
}

function check(pim: Pim, { about, ask, caller }: Order): void {
  if (!ask.action.startsWith('self')) checkAdministration(pim, { about, ask, caller })
  if (about === 'eligibility' && /Activate$/i.test(ask.action)) refusePim('InvalidRoleAssignmentRequest')
  if (ask.action === 'selfActivate') checkActivation(pim, ask, caller)
  if (ask.action === 'selfDeactivate') checkDeactivation(pim, ask)
}

function checkDeactivation(pim: Pim, ask: Ask): void {
  if (!activationsOf(pim, ask.key).running) refusePim('RoleAssignmentDoesNotExist')
  if (pim.switches.tooShortAs === 'error' && isTooShort(pim, ask)) refusePim('ActiveDurationTooShort')
}

function isTooShort(pim: Pim, { key }: Ask): boolean {
  const { running } = activationsOf(pim, key)
  return running !== undefined && pim.clock().getTime() - running.from.getTime() < leastMs
}
