import { clockToleranceMs } from '../../clock.ts'
import type { Pim } from '../../entra/pim/pim.ts'
import type { PimRequest } from '../../entra/pim/requests.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { AskingPim } from '../reading/as-person.ts'
import type { Activation } from './activation.ts'

/**
 * The request that PIM made of a wish. If the answer with its id was lost, it is the person's request with the same reason
 * that PIM received since then, or else their request that waits for approval. Throws GraphRefusal and NoAnswer.
 */
export async function requestFor(
  { request, kind, askedAt = 0, wish }: Activation,
  pim: Pick<Pim, 'request' | 'requests'>,
  token: string,
): Promise<PimRequest | undefined> {
  if (request) return pim.request(token, request)
  const own = await pim.requests(token, 'principal')
  const isOfThisWish = (found: PimRequest) =>
    found.action === 'selfactivate' &&
    found.createdAt >= askedAt - 2 * clockToleranceMs &&
    (found.reason ?? wish.reason) === wish.reason
  const isWaiting = (found: PimRequest) => found.status === 'pendingapproval'
  return own.find(isOfThisWish) ?? (kind === 'turn-on' ? own.find(isWaiting) : undefined)
}

/**
 * Makes the function that asks who denied a request, and why. It returns no facts where the requester may not read
 * them.
 */
export const createDecisionOn =
  ({ pim, asPerson }: Pick<AskingPim, 'pim' | 'asPerson'>) =>
  async (who: Who, { approvalId, id }: PimRequest) => {
    const approval = await asPerson(who, token => pim.approval(token, approvalId ?? id)).catch(() => undefined)
    const stage = approval?.stages.find(({ result }) => result === 'deny')
    const { name, id: byId, username } = stage?.reviewedBy ?? {}
    return {
      ...(name && { by: name }),
      ...(byId && { byId }),
      ...(username && { byUsername: username }),
      ...(stage?.comment && { comment: stage.comment }),
      ...(stage?.reviewedAt && { at: stage.reviewedAt }),
    }
  }
