import type { Outcome } from '../audit/trail.ts'
import { type Clock, clockToleranceMs } from '../clock.ts'
import { GraphRefusal } from '../entra/graph/refusal.ts'
import type { Pim, PimRequest, Span } from '../entra/pim/pim.ts'
import { Problem } from '../errors.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import { isMember } from '../session/record/membership.ts'
import type { Sessions } from '../session/sessions.ts'
import type { Acts } from './acts/acts.ts'
import type { FindOut } from './acts/finding.ts'
import { outcomeOf, verdictOf, verdictOfThrown } from './acts/verdict.ts'
import type { Ended } from './answers.ts'
import type { AsPerson } from './reading/as-person.ts'
import type { OwnPlan } from './reading/own-plan.ts'
import { patient, within } from './reading/patience.ts'
import { currentOf, shortestStayMs } from './reading/periods.ts'
import { ifAnswered, isUnanswered } from './reading/readings.ts'
import { type PimRefusal, refusalFrom, refusalOf, unreachable } from './refusals/from-graph.ts'
import { type Activations, isOnItsWay, outcomeIn } from './wish/activation.ts'
import type { Outlook } from './wish/looking.ts'

/** Ends a person's own access: at Microsoft, and here at once, in all their sessions; they stay signed in. */
export function createEnding({
  clock,
  pim,
  asPerson,
  activations,
  sessions,
  ownPlan,
  acts,
  look,
  findOut,
}: {
  clock: Clock
  pim: Pim
  asPerson: AsPerson
  activations: Activations
  sessions: Pick<Sessions, 'read'>
  ownPlan: OwnPlan
  acts: Acts
  look: Outlook
  findOut: FindOut
}) {
  const now = () => clock().getTime()

  /** What was begun goes on when the page waits no longer. */
  return (who: Who): Promise<Ended> =>
    within(who, end(patient(who)), () => ({
      ended: false,
      verdict: 'unanswered',
      problem: refusalOf('no-answer'),
    }))

  async function end(who: Who): Promise<Ended> {
    let asked: 'nothing' | 'the-next' | 'the-end' = 'nothing'
    try {
      // It may have been ended already, by a request whose answer was lost.
      if ((await findOut(who)).hasEnded) return { ended: true }
      await lookAtWish(who)
      const known = await asKnownHere(who)
      // Whoever has nothing to end, as far as we know, has Graph asked no more often than by looking.
      const span = ownIn(await asPerson(who, pim.spans, known.isKnown || known.isIn ? 'act' : undefined), now())
      if (span?.kind === 'assigned') return notEnded(notTheirs)
      const canEndAt = span && span.from + shortestStayMs
      if (canEndAt !== undefined && now() < canEndAt) return notEnded(refusalOf('too-soon-to-end'), { canEndAt })
      const here = span ? { isKnown: true, isIn: true } : known
      if (!here.isKnown && !here.isIn) return notEnded(refusalOf('not-on'))
      asked = 'the-next'
      await withoutNext(who, span)
      asked = 'the-end'
      return endOf(await deactivated(who, here), canEndAt)
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.code === 'redis-away') throw thrown
      if (asked !== 'the-end' && isUnanswered(thrown)) return notEnded(asked === 'nothing' ? unreachable : notReached)
      const verdict = verdictOfThrown(thrown)
      return { ended: false, verdict: verdict === 'unanswered' ? verdict : 'failed', problem: refusalFrom(thrown) }
    }
  }

  /** A wish that nobody answered is over with this: before that, its record says what became of it, if it can be seen. */
  async function lookAtWish(who: Who): Promise<void> {
    const wish = await activations.read(who)
    if (!isOnItsWay(wish, now()) || outcomeIn(wish).verdict === 'done') return
    await look(who, wish, 'at-once').catch(ifAnswered)
  }

  /** Here everything is closed as soon as it is done there. */
  function deactivated(who: Who, { isKnown }: { isKnown: boolean }): Promise<Outcome> {
    return acts(
      who,
      { kind: 'ending' },
      () =>
        asPerson(
          who,
          token => pim.deactivate(token, { principalId: who.identity.objectId, reason: 'Ended by the person' }),
          'act',
        ).then(
          request => outcomeOf(request, 'ending'),
          thrown => offAlready(thrown, isKnown),
        ),
      async ({ verdict }) => {
        if (verdict === 'done') await ownPlan.ended(who)
      },
    )
  }

  function endOf({ verdict, status }: Outcome, canEndAt: number | undefined): Ended {
    if (verdict === 'done') return { ended: true }
    const isTooSoon = status === 'failed' && canEndAt !== undefined && now() < canEndAt + clockToleranceMs
    const problem = isTooSoon ? refusalOf('too-soon-to-end') : problems[verdict]
    return { ended: false, verdict, problem, ...(canEndAt !== undefined && { canEndAt }) }
  }

  /** What lists that lag behind may not show (any more): that it was turned on is remembered here. */
  async function asKnownHere(who: Who) {
    const [record, activation] = await Promise.all([sessions.read(who.sessionId), activations.read(who)])
    const isKnown = (record?.plan?.until ?? 0) > now() || isOnItsWay(activation, now())
    return { isKnown, isIn: isMember(record?.membership ?? 'unknown') }
  }

  /** What would begin later would let them in again. What Microsoft does not take back must not keep them from ending. */
  async function withoutNext(who: Who, span: Span | undefined): Promise<void> {
    const requests = await asPerson(who, token => pim.requests(token, 'principal'), 'act')
    const isToCome = ({ action, status, startsAt = 0 }: PimRequest) =>
      action === 'selfactivate' && verdictOf(status, 'granting') === 'done' && startsAt > now()
    let isShorter = false
    for (const { id: request } of requests.filter(isToCome)) {
      const cancelled = acts(who, { kind: 'cancellation', request }, () =>
        asPerson(who, token => pim.cancel(token, request), 'act').then(() => ({ verdict: 'done' })),
      )
      isShorter = (await cancelled.then(() => true, notTakenBack)) || isShorter
    }
    if (isShorter && span) await ownPlan.endsWith(who, span)
  }
}

const notEnded = (problem: PimRefusal, more: { canEndAt?: number } = {}): Ended => ({
  ended: false,
  verdict: 'failed',
  problem,
  ...more,
})

/** Of somebody whom we saw turn it on it says that it is over. Of anybody else it says nothing about what lets them in. */
function offAlready(thrown: unknown, isKnown: boolean): Outcome {
  if (isKnown && thrown instanceof GraphRefusal && refusalFrom(thrown).code === 'not-on')
    return { verdict: 'done', status: thrown.code }
  throw thrown
}

/** The period that they turned on themselves, where one runs: what was given beside it only an administrator ends. */
const ownIn = (spans: readonly Span[], now: number) =>
  currentOf(
    spans.filter(({ kind }) => kind === 'activated'),
    now,
  ) ?? currentOf(spans, now)

function notTakenBack(thrown: unknown): false {
  if (thrown instanceof GraphRefusal) return false
  throw thrown
}

const notTheirs: PimRefusal = {
  ...refusalOf('caller-lacks-permission'),
  sentence: 'An administrator gave you this access, so only an administrator can end it.',
}
const notReached: PimRefusal = {
  ...unreachable,
  sentence:
    'Microsoft cannot be reached right now, so access is still on. The extension that was to follow may be taken back already. Try again in a minute.',
}
const problems = {
  waiting: refusalOf('still-ending'),
  denied: refusalOf('ending-denied'),
  failed: refusalOf('ending-failed'),
  unanswered: refusalOf('no-answer'),
}
