import { personBy } from '../directory/people.ts'
import type { Pim } from './pim.ts'
import type { PimRequest } from './requests.ts'

/** Whether a person is an approver of this request, by name or through a group. */
export function isApprover({ groupsOf }: Pim, { approval }: PimRequest, key: string): boolean {
  if (!approval) return false
  const { people, groups: named } = approval.approvers
  return people.includes(key) || groupsOf(personBy(key)).some(group => named.includes(group))
}

/** The reason why a person may not decide; undefined when they may. */
export function refusalToDecide(
  pim: Pim,
  request: PimRequest,
  key: string,
): 'own' | 'not-approver' | 'over' | undefined {
  if (!isApprover(pim, request, key)) return 'not-approver'
  if (request.key === key || request.by === key) return 'own'
  return pim.log.isOpen(request) ? undefined : 'over'
}
