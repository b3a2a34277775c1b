import type { Approval } from '../../entra/pim/approvals.ts'
import { approvalLifeMs } from '../../entra/pim/limits.ts'
import type { Pim } from '../../entra/pim/pim.ts'
import type { PimRequest } from '../../entra/pim/requests.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { Roster } from '../../gate/news/roster.ts'
import type { OneRequest, RequestDecision, WaitingRequest } from '../approval-answers.ts'
import { requestedWish } from '../wish/waiting.ts'
import type { AskingPim } from './as-person.ts'
import type { Requests } from './periods.ts'

const mostUses = 5
const mostNames = 20
export const nameless = 'Somebody whose name you may not read'

type Needs = AskingPim & { roster: () => Roster | undefined }

/** Reads, with an approver's own token, the requests that they may decide. Throws what `AsPerson` throws. */
export function createToApprove({ clock, pim, asPerson, roster }: Needs) {
  const now = () => clock().getTime()

  async function oneWith(token: string, who: Who, id: string): Promise<OneRequest | undefined> {
    const known = await pim.requests(token, 'approver')
    const request = known.find(each => each.id === id)
    if (!request) return undefined
    const { principalId, approvalId = id } = request
    const [waiting, approval, rules, alsoIn] = await Promise.all([
      withName(token, request, pim),
      pim.approval(token, approvalId).catch(() => undefined),
      pim.rules(token).catch(() => undefined),
      othersIn(token, principalId),
    ])
    return {
      ...waiting,
      approvalId,
      ...decisionOf(request, approval, now()),
      lastUses: lastUsesOf(request, known),
      ...(alsoIn && { alsoIn }),
      isOwn: principalId === who.identity.objectId,
      commentNeeded: rules?.commentNeeded ?? true,
    }
  }

  /** From the roster, where there is one: an approver may not list the group themselves. */
  async function othersIn(token: string, principalId: string): Promise<OneRequest['alsoIn']> {
    const listed = roster()
    if (!listed) return undefined
    const others = Object.entries(listed.members).filter(
      ([id, { until }]) => id !== principalId && (until ?? Infinity) > now(),
    )
    const named = others.slice(0, mostNames).map(async ([id, { until }]) => ({
      name: (await pim.nameOf(token, { kind: 'user', id })) ?? nameless,
      ...(until !== undefined && { until }),
    }))
    return Promise.all(named)
  }

  return {
    /** The requests that wait for this person's decision, newest first. */
    list: (who: Who): Promise<WaitingRequest[]> =>
      asPerson(who, async token => {
        const requests = await pim.requests(token, 'approver', { status: 'PendingApproval' })
        return Promise.all(requests.map(request => withName(token, request, pim)))
      }),
    /** A request with all that its decision needs; undefined where this person may not see it. */
    one: (who: Who, id: string): Promise<OneRequest | undefined> => asPerson(who, token => oneWith(token, who, id)),
  }
}
export type ToApprove = ReturnType<typeof createToApprove>

async function withName(token: string, request: PimRequest, pim: Pick<Pim, 'named'>): Promise<WaitingRequest> {
  const { id, principalId } = request
  const { name = nameless, username } = (await pim.named(token, { kind: 'user', id: principalId })) ?? {}
  return { ...requestedWish(request), id, principalId, name, ...(username && { username }) }
}

const lastUsesOf = ({ id, principalId }: PimRequest, known: Requests): OneRequest['lastUses'] =>
  known
    .filter(each => each.principalId === principalId && each.id !== id)
    .slice(0, mostUses)
    .map(({ createdAt, minutes, reason, status }) => ({
      at: createdAt,
      result: status,
      ...(minutes !== undefined && { minutes }),
      ...(reason && { reason }),
    }))

const resultOf = { approve: 'approved', deny: 'denied' } as const
const resultOfStatus: Record<string, RequestDecision['result']> = {
  denied: 'denied',
  canceled: 'cancelled',
  failed: 'lapsed',
}

/** Whether a request was decided, by its approval's stages, and by its own status where the stages cannot be read. */
function decisionOf({ status, createdAt }: PimRequest, approval: Approval | undefined, now: number): RequestDecision {
  const stage = approval?.stages.find(({ result }) => result === 'approve' || result === 'deny')
  const isPending = status === 'pendingapproval' && !stage
  if (isPending && now < createdAt + approvalLifeMs) return { state: 'waiting' }
  const result = stage ? resultOf[stage.result as 'approve' | 'deny'] : (resultOfStatus[status] ?? 'approved')
  return {
    state: 'handled',
    result: isPending ? 'lapsed' : result,
    ...(stage?.reviewedBy?.name && { handledBy: stage.reviewedBy.name }),
    ...(stage?.reviewedAt && { handledAt: stage.reviewedAt }),
    ...(stage?.comment && { comment: stage.comment }),
  }
}
