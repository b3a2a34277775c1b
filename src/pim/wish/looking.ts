import type { Trail } from '../../audit/trail.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { surelyListedMs } from '../../session/record/plan.ts'
import type { SeenOfActs } from '../acts/seen.ts'
import type { AskingPim } from '../reading/as-person.ts'
import type { OwnPlan } from '../reading/own-plan.ts'
import { createShared, patient, soon } from '../reading/patience.ts'
import { pimRefusal } from '../refusals/words.ts'
import { type Activation, auditedActOf } from './activation.ts'
import type { Activations, EditActivation } from './activations.ts'
import { createDecisionOn, requestFor } from './asking.ts'
import { isInForce, isLongInForce, outcomeIn } from './outcome.ts'
import { settledBy, settledByRefusal } from './settling.ts'

/** Within this time after a wish was sent nobody asks PIM about it, because the answer is still under way. */
const lookAfterMs = 4_500

type Needs = AskingPim & {
  activations: Activations
  ownPlan: Pick<OwnPlan, 'prolonged'>
  trail: Pick<Trail, 'found'>
  seen: Pick<SeenOfActs, 'lapsed'>
}

/**
 * Makes the function that asks PIM about a wish that is on its way: whether a request that was never answered was taken,
 * whether it was approved, denied, cancelled or left to lapse, and whether access is still on. It never sends anything
 * again. Returns the wish as it stands now. `even: 'at-once'`: also while PIM's answer to the wish is still under way.
 * Throws what `AsPerson` throws, and Problem('redis-away').
 */
export function createLooking(needs: Needs) {
  const { clock, pim, asPerson, activations, ownPlan, trail, seen } = needs
  const now = () => clock().getTime()
  const decisionOn = createDecisionOn(needs)
  const shared = createShared<Activation>()

  return (who: Who, activation: Activation, even?: 'at-once'): Promise<Activation> =>
    soon(
      who,
      shared(`${who.sessionId} ${activation.id} ${activation.stage}`, () => look(patient(who), activation, even)),
    )

  async function look(who: Who, activation: Activation, even?: 'at-once'): Promise<Activation> {
    const { stage, askedAt = 0 } = activation
    if (isLongInForce(activation, now())) return lookForPeriod(who, activation)
    if (stage === 'asking' && !even && now() - askedAt < lookAfterMs) return activation
    const request = await asPerson(who, token => requestFor(activation, pim, token))
    if (!request) {
      // PIM received no request that its lists do not show. But lists lag, so this counts only after they surely show it.
      const isLost = stage === 'asking' && now() - askedAt >= surelyListedMs
      return isLost
        ? changed(who, activation, found => settledByRefusal(pimRefusal('not-done'), found, now()))
        : activation
    }
    const next = settledBy(request, activation, now())
    if (JSON.stringify(next) === JSON.stringify(activation)) return activation
    const decision = next.ending?.code === 'denied' ? await decisionOn(who, request) : {}
    return changed(who, activation, found => {
      const edited = settledBy(request, found, now())
      return edited.ending ? { ...edited, ending: { ...edited.ending, ...decision } } : edited
    })
  }

  /** Changes the wish, if it is still in the stage in which PIM was asked about it, and records its result. */
  async function changed(who: Who, before: Activation, edit: EditActivation): Promise<Activation> {
    const edited = (found: Activation) => (found.stage === before.stage ? edit(found) : undefined)
    const after = await activations.change(who, before.id, edited)
    if (!after) return before
    if (after.kind === 'extend' && isInForce(after) && !isInForce(before)) await ownPlan.prolonged(who, after)
    const doing = { act: after.id, actor: who.identity }
    await trail.found(auditedActOf(after), doing, { ...after.wish, ...outcomeIn(after) })
    if (after.ending?.code === 'lapsed') seen.lapsed(who, after)
    return after
  }

  /** The wish was put in force, so its request tells nothing more. Is the period still there? */
  async function lookForPeriod(who: Who, activation: Activation): Promise<Activation> {
    const spans = await asPerson(who, pim.spans)
    if (spans.some(({ until = Infinity }) => until > now())) return activation
    const ending = { code: 'ended-elsewhere', at: now() }
    const changed = await activations.change(who, activation.id, found =>
      found.stage === 'accepted' ? { ...found, stage: 'over', ending } : undefined,
    )
    return changed ?? activation
  }
}
export type Look = ReturnType<typeof createLooking>
