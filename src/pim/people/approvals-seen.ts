import { BoundedMap } from '../../bounded-map.ts'
import type { Pim } from '../../entra/pim/pim.ts'
import type { Named } from '../../entra/pim/requests.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { AsPerson } from '../reading/as-person.ts'
import { soon } from '../reading/patience.ts'
import type { PeriodOn } from './on.ts'

/** Who said yes to a period, and how long after it was asked for (ms). */
export type ApprovalSeen = { by?: Named; afterMs?: number }

const mostRemembered = 2_000
/** On one page so many approvals are asked for that nobody has seen yet. The next page asks for more. */
const mostAsked = 20

/**
 * Makes the function that tells who approved the periods of a page, by the ids of their requests. Microsoft shows an approval
 * to the people concerned only, so it may tell nothing, and the page says only that there was one. What was decided is
 * remembered: it does not change.
 */
export function createApprovalsSeen({ pim, asPerson }: { pim: Pick<Pim, 'approval'>; asPerson: AsPerson }) {
  const known = new BoundedMap<string, ApprovalSeen>(mostRemembered)

  async function look(who: Who, id: string, approvalId: string, createdAt: number): Promise<void> {
    const { stages } = await asPerson(who, token => pim.approval(token, approvalId))
    const yes = stages.find(({ result }) => result === 'approve')
    if (!yes) return
    const { reviewedAt, reviewedBy } = yes
    known.set(id, {
      ...(reviewedBy && { by: reviewedBy }),
      ...(reviewedAt !== undefined && { afterMs: Math.max(0, reviewedAt - createdAt) }),
    })
  }

  return async (who: Who, periods: readonly PeriodOn[]): Promise<ReadonlyMap<string, ApprovalSeen>> => {
    const wanted = periods.flatMap(({ request }) => (request?.approvalId ? [request] : []))
    const unknown = wanted.filter(({ id }) => !known.has(id)).slice(0, mostAsked)
    const looks = unknown.map(({ id, approvalId = id, createdAt }) => look(who, id, approvalId, createdAt))
    // What Microsoft does not show is no fault of the page.
    await soon(who, Promise.allSettled(looks)).catch(() => {})
    return new Map(wanted.map(({ id }) => [id, known.get(id) ?? {}]))
  }
}
export type ApprovalsSeen = ReturnType<typeof createApprovalsSeen>
