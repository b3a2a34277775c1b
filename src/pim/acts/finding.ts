import type { Outcome, Trail } from '../../audit/trail.ts'
import { type Clock, clockToleranceMs } from '../../clock.ts'
import type { Pim, PimRequest, Span } from '../../entra/pim/pim.ts'
import { Problem } from '../../errors.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { surelyListedMs } from '../../session/record/plan.ts'
import type { AsPerson } from '../reading/as-person.ts'
import type { OwnPlan } from '../reading/own-plan.ts'
import { createShared, patient, soon } from '../reading/patience.ts'
import { askedIn, isFinal } from './acts.ts'
import type { OpenAct, OpenActs } from './open-acts.ts'
import { outcomeOf, verdictOf } from './verdict.ts'

/** What is open still, and whether an ending turned out to have happened. */
export type Found = { open: readonly OpenAct[]; hasEnded: boolean }

/**
 * Looks at Microsoft's side of acts that were not answered, or wait, and records what became of them. What is not there
 * did not happen, but lists lag: that is said after two minutes only. Nothing is ever sent again from here.
 */
export function createFinding({
  clock,
  pim,
  asPerson,
  openActs,
  ownPlan,
  trail,
}: {
  clock: Clock
  pim: Pim
  asPerson: AsPerson
  openActs: OpenActs
  ownPlan: Pick<OwnPlan, 'ended'>
  trail: Pick<Trail, 'found'>
}) {
  const now = () => clock().getTime()
  const shared = createShared<Found>()

  async function lookedAt(who: Who, acts: readonly OpenAct[]): Promise<Found> {
    const open: OpenAct[] = []
    let hasEnded = false
    for (const each of acts) {
      const outcome = await outcomes[each.kind](who, each).catch(unanswered)
      if (outcome?.verdict === 'done' && each.kind === 'ending') hasEnded = (await endedHere(who, each)) || hasEnded
      if (outcome)
        await trail.found(each.kind, { act: each.act, actor: who.identity }, { ...askedIn(each), ...outcome })
      if (outcome && isFinal(outcome)) await openActs.close(who, each.act)
      else open.push(each)
    }
    return { open, hasEnded }
  }

  /** Unless access was turned on again since. */
  async function endedHere(who: Who, { sentAt }: OpenAct): Promise<boolean> {
    const spans = await asPerson(who, pim.spans)
    if (spans.some(span => isOwn(span) && span.from > sentAt && span.from <= now())) return false
    await ownPlan.ended(who)
    return true
  }

  async function ofEnding(who: Who, { request, askedAt, sentAt }: OpenAct): Promise<Outcome | undefined> {
    const requests = await asPerson(who, token => pim.requests(token, 'principal'))
    const isIt = ({ id, action, createdAt }: PimRequest) =>
      action === 'selfdeactivate' && (id === request || createdAt >= askedAt - clockToleranceMs)
    const ours = requests.filter(isIt)
    const decided = ours.find(({ status }) => verdictOf(status, 'ending') === 'done') ?? ours[0]
    if (!decided) return now() - sentAt >= surelyListedMs ? notThere : undefined
    const outcome = outcomeOf(decided, 'ending')
    if (isFinal(outcome)) return outcome
    const spans = await asPerson(who, pim.spans)
    const isStillOn = spans.some(span => isOwn(span) && span.from <= sentAt + clockToleranceMs)
    return isStillOn ? outcome : { ...outcome, verdict: 'done' }
  }

  async function ofCancellation(who: Who, { request = '', sentAt }: OpenAct): Promise<Outcome | undefined> {
    const found = await asPerson(who, token => pim.request(token, request))
    if (found?.status === 'canceled') return { verdict: 'done', status: found.status }
    const isOver = found && verdictOf(found.status, 'granting') !== 'waiting' && (found.startsAt ?? 0) <= now()
    if (isOver) return { verdict: 'failed', status: found.status }
    return now() - sentAt >= surelyListedMs ? notThere : undefined
  }

  async function ofDecision(who: Who, act: OpenAct): Promise<Outcome | undefined> {
    const { kind, request = '', reason = '', sentAt } = act
    const known = await asPerson(who, token => pim.requests(token, 'approver'))
    const approvalId = known.find(({ id }) => id === request)?.approvalId ?? request
    const { stages } = await asPerson(who, token => pim.approval(token, approvalId))
    const stage = stages.find(({ result }) => result === 'approve' || result === 'deny')
    if (!stage) return now() - sentAt >= surelyListedMs ? notThere : undefined
    const { reviewedBy, result, comment = '' } = stage
    const isMine = reviewedBy?.id ? reviewedBy.id === who.identity.objectId : comment === reason
    const isIt = isMine && result === (kind === 'approval' ? 'approve' : 'deny')
    return { verdict: isIt ? 'done' : 'failed', status: result }
  }

  const outcomes = { ending: ofEnding, cancellation: ofCancellation, approval: ofDecision, denial: ofDecision }

  return async (who: Who): Promise<Found> => {
    const open = await openActs.all(who)
    if (open.length === 0) return { open, hasEnded: false }
    return soon(
      who,
      shared(who.sessionId, () => lookedAt(patient(who), open)),
    ).catch(thrown => {
      if (thrown instanceof Problem && thrown.code === 'redis-away') throw thrown
      return { open, hasEnded: false }
    })
  }
}
export type FindOut = ReturnType<typeof createFinding>

const notThere: Outcome = { verdict: 'failed', status: 'not-done' }
const isOwn = ({ kind }: Span) => kind === 'activated'

function unanswered(thrown: unknown): undefined {
  if (thrown instanceof Problem && thrown.code === 'redis-away') throw thrown
}
