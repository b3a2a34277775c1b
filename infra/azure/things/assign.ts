import type { PrivilegedAccessGroupAssignmentScheduleRequest } from '@microsoft/microsoft-graph-types'
import { GraphProblem } from '../graph/problem.ts'
import { bounds, createPatience } from '../graph/waiting.ts'
import type { Given } from '../run/given.ts'
import type { AssignmentWish } from '../wish/tenant-wish.ts'
import { findPolicy } from './pim-policy.ts'
import { type AssignmentKind, assignedIn, requestsOf } from './schedules.ts'

type Assigning = { kind: AssignmentKind; groupId: string; personId: string; isThere: boolean }
type Request = PrivilegedAccessGroupAssignmentScheduleRequest

/** What PIM allows at most before anybody has changed its rules. */
const usualLongest = 'P365D'

/** Assigns somebody to a group, or changes the end of an assignment that is there. */
export async function assign(
  wish: AssignmentWish,
  { kind, groupId, personId, isThere }: Assigning,
  given: Given,
): Promise<void> {
  const { graph, clock } = given
  const body = {
    accessId: 'member',
    groupId,
    principalId: personId,
    action: isThere ? 'adminUpdate' : 'adminAssign',
    justification: wish.justification,
    scheduleInfo: { startDateTime: clock().toISOString(), expiration: await expirationOf(wish, groupId, given) },
  }
  const path = requestsOf(kind)
  const find = async () => {
    const all = await assignedIn(graph, groupId, { kind, now: clock() })
    return all.some(found => found.personId === personId) ? ({ status: 'Provisioned' } as Request) : undefined
  }
  // For some seconds a group that was just created gives a request that fails.
  const wait = createPatience(given, bounds.settledMs)
  for (;;) {
    const asked = isThere ? graph.act<Request>(path, body) : graph.create<Request>({ path, body, find, isUnique: true })
    const made = await asked.catch(error => {
      throw explained(error, wish)
    })
    if (!/^(failed|denied|canceled)$/i.test(made.status ?? '')) return
    if (!(await wait())) throw failed(wish.person, made.status)
  }
}

/** PIM names the rule that stands in the way, and not what to do. */
function explained(error: unknown, { person, until }: AssignmentWish): unknown {
  if (!(error instanceof GraphProblem) || !/ExpirationRule/.test(error.message)) return error
  const { status, code } = error
  const sooner =
    until === undefined
      ? 'Say until when'
      : `Its end, ${until}, is later than PIM's rules of the group allow: say a sooner one`
  return new GraphProblem(`${error.message}\nThis is about the assignment of ${person}. ${sooner} in tenant.json.`, {
    status,
    code,
  })
}

const failed = (person: string, status: string | null | undefined): GraphProblem =>
  new GraphProblem(
    `PIM took the assignment of ${person} and then did not make it (${status}). Run apply again in a while.`,
  )

/** Without a word about its end, an eligibility lasts as long as the rules of the group allow. */
async function expirationOf({ until, permanent }: AssignmentWish, groupId: string, { graph }: Given) {
  if (permanent) return { type: 'noExpiration' }
  if (until !== undefined) return { type: 'afterDateTime', endDateTime: until }
  const rule = (await findPolicy(graph, groupId))?.rules.get('Expiration_Admin_Eligibility')
  return { type: 'afterDuration', duration: String(rule?.maximumDuration ?? usualLongest) }
}
