import type { Trail } from '../../audit/trail.ts'
import { type Clock, clockToleranceMs } from '../../clock.ts'
import type { Pim, PimRequest } from '../../entra/pim/pim.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { surelyListedMs } from '../../session/record/plan.ts'
import type { AsPerson } from '../reading/as-person.ts'
import type { OwnPlan } from '../reading/own-plan.ts'
import { createShared, patient, soon } from '../reading/patience.ts'
import { refusalOf } from '../refusals/from-graph.ts'
import { type Activation, type Activations, outcomeIn, settled } from './activation.ts'
import { refused } from './sending.ts'

/** Before this nobody looks: the answer to what was sent is under way. */
const lookAfterMs = 4_500

/**
 * Looks at Microsoft's side of a wish that is on its way: whether something happened that was never answered, whether it
 * was approved, denied, cancelled or left to lapse. Nothing is ever sent again from here.
 */
export function createOutlook({
  clock,
  pim,
  asPerson,
  activations,
  ownPlan,
  trail,
}: {
  clock: Clock
  pim: Pim
  asPerson: AsPerson
  activations: Activations
  ownPlan: Pick<OwnPlan, 'prolonged'>
  trail: Pick<Trail, 'found'>
}) {
  const now = () => clock().getTime()
  const shared = createShared<Activation>()

  /** The wish as it stands now; `even` while its answer may be under way. Throws what Graph throws when it does not answer. */
  return (who: Who, activation: Activation, even?: 'at-once'): Promise<Activation> =>
    soon(
      who,
      shared(`${who.sessionId} ${activation.id} ${activation.stage}`, () => look(patient(who), activation, even)),
    )

  async function look(who: Who, activation: Activation, even?: 'at-once'): Promise<Activation> {
    const { stage, askedAt = 0 } = activation
    if (isLongInForce(activation, now())) return lookForIt(who, activation)
    if (stage === 'asking' && !even && now() - askedAt < lookAfterMs) return activation
    const request = await asPerson(who, token => requestOf(token, activation))
    const change = (edit: (found: Activation) => Activation) =>
      activations
        .change(who, activation.id, found => (found.stage === stage ? edit(found) : undefined))
        .then(changed => (changed ? foundOut(who, { before: activation, after: changed }) : activation))
    if (!request) {
      // What is not there did not happen, but lists lag.
      const isLost = stage === 'asking' && now() - askedAt >= surelyListedMs
      return isLost ? change(found => refused(found, refusalOf('not-done'), now())) : activation
    }
    const next = settled(activation, request, now())
    if (JSON.stringify(next) === JSON.stringify(activation)) return activation
    const decision = next.ending?.code === 'denied' ? await decisionOn(who, request) : {}
    return change(found => {
      const edited = settled(found, request, now())
      return edited.ending ? { ...edited, ending: { ...edited.ending, ...decision } } : edited
    })
  }

  /** What was not answered, or waited, is recorded now. */
  async function foundOut(who: Who, { before, after }: { before: Activation; after: Activation }): Promise<Activation> {
    const { id, kind, wish } = after
    const outcome = outcomeIn(after)
    const isNew = outcome.verdict === 'done' && outcomeIn(before).verdict !== 'done'
    if (kind === 'extend' && isNew) await ownPlan.prolonged(who, after)
    const act = kind === 'extend' ? 'extension' : 'activation'
    await trail.found(act, { act: id, actor: who.identity }, { ...wish, ...outcome })
    return after
  }

  /** It was put in force, so a request says nothing more: is it still there? */
  async function lookForIt(who: Who, activation: Activation): Promise<Activation> {
    const spans = await asPerson(who, pim.spans)
    if (spans.some(({ until = Infinity }) => until > Math.max(now(), activation.startsAt ?? 0))) return activation
    const ending = { code: 'ended-elsewhere', at: now() }
    const changed = await activations.change(who, activation.id, found =>
      found.stage === 'accepted' ? { ...found, stage: 'over', ending } : undefined,
    )
    return changed ?? activation
  }

  async function requestOf(token: string, { request, kind, askedAt = 0, wish }: Activation) {
    if (request) return pim.request(token, request)
    const own = await pim.requests(token, 'principal')
    const isOurs = (found: PimRequest) =>
      found.action === 'selfactivate' &&
      found.createdAt >= askedAt - 2 * clockToleranceMs &&
      (found.reason ?? wish.reason) === wish.reason
    const isWaiting = (found: PimRequest) => found.status === 'pendingapproval'
    return own.find(isOurs) ?? (kind === 'turn-on' ? own.find(isWaiting) : undefined)
  }

  /** Who said no, and why; a requester may not be allowed to read it. */
  async function decisionOn(who: Who, { approvalId, id }: PimRequest) {
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
}
export type Outlook = ReturnType<typeof createOutlook>

/** PIM shows what it put in force by now: what is not there any more was ended elsewhere. */
export const isLongInForce = (activation: Activation, now: number): boolean =>
  activation.stage === 'accepted' &&
  (outcomeIn(activation).verdict === 'done' || activation.wasOn === true) &&
  now - Math.max(activation.acceptedAt ?? 0, activation.startsAt ?? 0) >= surelyListedMs
