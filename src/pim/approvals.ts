import type { Clock } from '../clock.ts'
import { GraphRefusal } from '../entra/graph/refusal.ts'
import type { Approval, Pim, PimRequest } from '../entra/pim/pim.ts'
import { Problem } from '../errors.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import type { Roster } from '../gate/news/roster.ts'
import type { Acts } from './acts/acts.ts'
import type { FindOut } from './acts/finding.ts'
import type { AsPerson } from './reading/as-person.ts'
import { patient, soon } from './reading/patience.ts'
import { type PimRefusal, refusalFrom, unansweredAsProblem } from './refusals/from-graph.ts'
import { approvalLifeMs } from './wish/activation.ts'

/** A request that waits for somebody's yes. Instants in epoch ms. */
export type WaitingRequest = {
  id: string
  /** Who asks; the user name where it may be read. */
  principalId: string
  name: string
  username?: string
  since: number
  lapsesAt: number
  reason: string
  ticket?: string
  minutes?: number
  /** Of an extension: when it would begin. */
  startsAt?: number
}
export type OneRequest = WaitingRequest & {
  /** By what it is decided. */
  approvalId: string
  state: 'waiting' | 'handled'
  result?: 'approved' | 'denied' | 'cancelled' | 'lapsed'
  handledBy?: string
  handledAt?: number
  comment?: string
  /** The last five times this person asked. */
  lastUses: readonly { at: number; minutes?: number; reason?: string; result: string }[]
  /** Who else is in now; undefined when that may not be read. */
  alsoIn?: readonly { name: string; until?: number }[]
  isOwn: boolean
  commentNeeded: boolean
}
export type Decided =
  | { kind: 'done' }
  | { kind: 'handled'; request: OneRequest }
  | { kind: 'refused'; problem: PimRefusal }
  | { kind: 'form'; errors: { comment: string } }

export type Approvals = {
  list(who: Who): Promise<readonly WaitingRequest[]>
  /** Undefined for what is not this person's to see. */
  one(who: Who, id: string): Promise<OneRequest | undefined>
  decide(who: Who, id: string, decision: { approve: boolean; comment: string }): Promise<Decided>
}

const mostUses = 5
const mostNames = 20
const longestComment = 500

/**
 * What waits for somebody's yes, and their decision, through Graph with their own token: Microsoft judges who may approve.
 * Nobody decides about themselves here, whatever Microsoft would say.
 */
export function createApprovals({
  clock,
  pim,
  asPerson,
  acts,
  findOut,
  roster,
}: {
  clock: Clock
  pim: Pim
  asPerson: AsPerson
  acts: Acts
  findOut: FindOut
  roster: () => Roster | undefined
}): Approvals {
  const now = () => clock().getTime()

  async function list(who: Who): Promise<WaitingRequest[]> {
    const listed = asPerson(who, async token => {
      const requests = await pim.requests(token, 'approver', { status: 'PendingApproval' })
      return Promise.all(requests.map(request => waitingOf(token, request)))
    })
    return listed.catch(unansweredAsProblem)
  }

  async function one(who: Who, id: string): Promise<OneRequest | undefined> {
    return asPerson(who, token => oneWith(token, who, id))
  }

  async function oneWith(token: string, who: Who, id: string): Promise<OneRequest | undefined> {
    const known = await pim.requests(token, 'approver')
    const request = known.find(each => each.id === id)
    if (!request) return undefined
    const { principalId } = request
    const [waiting, approval, rules, alsoIn] = await Promise.all([
      waitingOf(token, request),
      pim.approval(token, request.approvalId ?? id).catch(unread),
      pim.rules(token).catch(unread),
      othersIn(token, principalId),
    ])
    const uses = known.filter(each => each.principalId === principalId && each.id !== id).slice(0, mostUses)
    return {
      ...waiting,
      approvalId: request.approvalId ?? id,
      ...verdictOf(request, approval, now()),
      lastUses: uses.map(({ createdAt, minutes, reason, status }) => ({
        at: createdAt,
        result: status,
        ...(minutes !== undefined && { minutes }),
        ...(reason && { reason }),
      })),
      ...(alsoIn && { alsoIn }),
      isOwn: principalId === who.identity.objectId,
      commentNeeded: rules?.commentNeeded ?? true,
    }
  }

  async function waitingOf(token: string, request: PimRequest): Promise<WaitingRequest> {
    const { id, principalId, createdAt, reason = '', ticket, minutes, startsAt } = request
    const { name = nameless, username } = (await pim.named(token, { kind: 'user', id: principalId })) ?? {}
    const lapsesAt = createdAt + approvalLifeMs
    const asks = { principalId, name, ...(username && { username }) }
    const wish = { reason, ...(ticket && { ticket }), ...(minutes && { minutes }), ...(startsAt && { startsAt }) }
    return { id, ...asks, since: createdAt, lapsesAt, ...wish }
  }

  /** From the roster, where there is one: an approver may not list the group themselves. */
  async function othersIn(token: string, principalId: string): Promise<OneRequest['alsoIn']> {
    const others = Object.entries(roster()?.members ?? {}).filter(
      ([id, { until }]) => id !== principalId && (until ?? Infinity) > now(),
    )
    if (!roster()) return undefined
    const named = others.slice(0, mostNames).map(async ([id, { until }]) => ({
      name: (await pim.nameOf(token, { kind: 'user', id })) ?? nameless,
      ...(until !== undefined && { until }),
    }))
    return Promise.all(named)
  }

  async function decide(
    who: Who,
    id: string,
    { approve, comment }: { approve: boolean; comment: string },
  ): Promise<Decided> {
    try {
      await findOut(who)
      const request = await one(who, id)
      if (!request) return { kind: 'refused', problem: refusalFrom(new GraphRefusal('not found')) }
      if (request.state === 'handled' || request.isOwn) return { kind: 'handled', request }
      const said = comment.trim().slice(0, longestComment)
      if (!said && (!approve || request.commentNeeded)) return { kind: 'form', errors: { comment: commentWanted } }
      await decided(who, request, { approve, comment: said })
      return { kind: 'done' }
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.code === 'redis-away') throw thrown
      // Somebody was first: say who, not that it failed.
      const request = thrown instanceof GraphRefusal ? await one(who, id).catch(unread) : undefined
      return request?.state === 'handled'
        ? { kind: 'handled', request }
        : { kind: 'refused', problem: refusalFrom(thrown) }
    }
  }

  async function decided(
    who: Who,
    { id, approvalId, principalId, name, username }: OneRequest,
    decision: { approve: boolean; comment: string },
  ): Promise<void> {
    const subject = { objectId: principalId, ...(name !== nameless && { name }), ...(username && { username }) }
    const about = {
      kind: decision.approve ? 'approval' : 'denial',
      request: id,
      reason: decision.comment,
      subject,
    } as const
    const work = acts(who, about, () =>
      asPerson(patient(who), token => pim.decide(token, approvalId, decision), 'act').then(() => ({ verdict: 'done' })),
    )
    await soon(who, work)
  }

  return {
    list,
    async one(who, id) {
      await findOut(who)
      return one(who, id).catch(unansweredAsProblem)
    },
    decide,
  }
}

const commentWanted = 'Say why: the person who asked reads it, and so does whoever reviews access.'
const unread = () => undefined
const nameless = 'Somebody whose name you may not read'

function verdictOf(
  { status, createdAt }: PimRequest,
  approval: Approval | undefined,
  now: number,
): Pick<OneRequest, 'state' | 'result' | 'handledBy' | 'handledAt' | 'comment'> {
  const stage = approval?.stages.find(({ result }) => result === 'approve' || result === 'deny')
  if (status === 'pendingapproval' && !stage && now < createdAt + approvalLifeMs) return { state: 'waiting' }
  const result = stage ? resultOf[stage.result as 'approve' | 'deny'] : (endings[status] ?? 'approved')
  return {
    state: 'handled',
    result: status === 'pendingapproval' && !stage ? 'lapsed' : result,
    ...(stage?.reviewedBy?.name && { handledBy: stage.reviewedBy.name }),
    ...(stage?.reviewedAt && { handledAt: stage.reviewedAt }),
    ...(stage?.comment && { comment: stage.comment }),
  }
}
const resultOf = { approve: 'approved', deny: 'denied' } as const
const endings: Record<string, OneRequest['result']> = { denied: 'denied', canceled: 'cancelled', failed: 'lapsed' }
