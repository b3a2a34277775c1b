import type { Outcome } from '../audit/trail.ts'
import { GraphRefusal } from '../entra/graph/refusal.ts'
import { shortestStayMs } from '../entra/pim/limits.ts'
import type { Span } from '../entra/pim/standing.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import type { GateSessions } from '../session/gate-sessions.ts'
import { isMember } from '../session/record/membership.ts'
import type { Acts } from './acts/acts.ts'
import type { FindOut } from './acts/finding.ts'
import { isTurnedOn } from './acts/results.ts'
import { createTakingBack } from './acts/taking-back.ts'
import { outcomeOfRequest, verdictOfThrown } from './acts/verdict.ts'
import type { EndAnswer } from './answers.ts'
import type { AskingPim } from './reading/as-person.ts'
import type { OwnPlan } from './reading/own-plan.ts'
import { patient, whilePageWaits } from './reading/patience.ts'
import { currentOf } from './reading/periods.ts'
import { isUnanswered, undefinedIfUnanswered } from './reading/readings.ts'
import { refusalFrom, unreachable } from './refusals/from-graph.ts'
import { answerToEnding, givenByAdministrator, notEnded, silentAfterTakingBack } from './refusals/of-ending.ts'
import { rethrowRedisAway } from './refusals/redis-away.ts'
import { pimRefusal } from './refusals/words.ts'
import type { Activations } from './wish/activations.ts'
import type { Look } from './wish/looking.ts'
import { isInForce } from './wish/outcome.ts'
import { isOnItsWay } from './wish/stages.ts'

type Needs = AskingPim & {
  activations: Activations
  sessions: Pick<GateSessions, 'read'>
  ownPlan: OwnPlan
  acts: Acts
  look: Look
  findOut: FindOut
}

/**
 * Makes the function that ends a person's own access, at Microsoft and at once in all their sessions here. They stay
 * signed in. An ending that was begun goes on when the page waits no longer. Throws Problem('redis-away'), and nothing of
 * Graph's.
 */
export function createEnding(needs: Needs) {
  const { clock, pim, asPerson, activations, sessions, ownPlan, acts, look, findOut } = needs
  const now = () => clock().getTime()
  const takeBackExtensions = createTakingBack(needs)

  return (who: Who): Promise<EndAnswer> =>
    whilePageWaits(who, end(patient(who)), () => ({
      ended: false,
      verdict: 'unanswered',
      problem: pimRefusal('no-answer'),
    }))

  async function end(who: Who): Promise<EndAnswer> {
    let asked: Asked = 'nothing'
    try {
      // An earlier request whose answer was lost may have ended access already.
      if ((await findOut(who)).hasEnded) return { ended: true }
      await lookAtWish(who)
      const known = await knownHere(who)
      // Without access as far as we know there is nothing to end, so asking counts against what the person may ask.
      const span = ownIn(await asPerson(who, pim.spans, known.isKnown || known.isIn ? 'act' : undefined), now())
      const refusal = whyNotNow(span, known, now())
      if (refusal) return refusal
      asked = 'to-take-back-extensions'
      await takeBackExtensions(who, span)
      asked = 'to-end'
      const outcome = await deactivated(who, { isKnown: span !== undefined || known.isKnown })
      return answerToEnding(outcome, span && canEndAtOf(span), now())
    } catch (thrown) {
      rethrowRedisAway(thrown)
      return answerToFailure(thrown, asked)
    }
  }

  /** The ending also ends a wish that Microsoft never answered. So the trail first learns the result of that wish. */
  async function lookAtWish(who: Who): Promise<void> {
    const wish = await activations.read(who)
    if (!isOnItsWay(wish, now()) || isInForce(wish)) return
    await look(who, wish, 'at-once').catch(undefinedIfUnanswered)
  }

  /** The access that this application remembers. Lists that lag may not show it yet, or not any more. */
  async function knownHere(who: Who): Promise<KnownHere> {
    const [record, activation] = await Promise.all([sessions.read(who.sessionId), activations.read(who)])
    const isKnown = (record?.plan?.until ?? 0) > now() || isOnItsWay(activation, now())
    return { isKnown, isIn: isMember(record?.membership ?? 'unknown') }
  }

  /** Ends access at Microsoft. As soon as that is done, every session here is closed. */
  function deactivated(who: Who, { isKnown }: { isKnown: boolean }): Promise<Outcome> {
    const asked = { principalId: who.identity.objectId, reason: 'Ended by the person' }
    const work = () =>
      asPerson(who, token => pim.deactivate(token, asked), 'act').then(
        request => outcomeOfRequest(request, 'ending'),
        thrown => offAlready(thrown, isKnown),
      )
    return acts(who, { kind: 'ending' }, work, async ({ verdict }) => {
      if (verdict === 'done') await ownPlan.ended(who)
    })
  }
}

/** How far an ending has come. */
type Asked = 'nothing' | 'to-take-back-extensions' | 'to-end'
/** `isKnown`: we saw the person turn access on. `isIn`: they are a member, however that came about. */
type KnownHere = { isKnown: boolean; isIn: boolean }

const canEndAtOf = ({ from }: Span) => from + shortestStayMs

/** Why an ending is not sent now; undefined when it is. `span`: the period that runs, where PIM shows one. */
function whyNotNow(span: Span | undefined, { isKnown, isIn }: KnownHere, now: number): EndAnswer | undefined {
  if (!span) return isKnown || isIn ? undefined : notEnded(pimRefusal('not-on'))
  if (!isTurnedOn(span)) return notEnded(givenByAdministrator)
  const canEndAt = canEndAtOf(span)
  return now < canEndAt ? notEnded(pimRefusal('too-soon-to-end'), { canEndAt }) : undefined
}

function answerToFailure(thrown: unknown, asked: Asked): EndAnswer {
  if (isUnanswered(thrown) && asked === 'nothing') return notEnded(unreachable)
  if (isUnanswered(thrown) && asked === 'to-take-back-extensions') return notEnded(silentAfterTakingBack)
  const verdict = verdictOfThrown(thrown) === 'unanswered' ? 'unanswered' : 'failed'
  return { ended: false, verdict, problem: refusalFrom(thrown) }
}

/**
 * Microsoft says that the person's access is off. Access that we saw them turn on is over by that. Otherwise something else
 * lets them in, and Microsoft's answer says nothing about that.
 */
function offAlready(thrown: unknown, isKnown: boolean): Outcome {
  if (isKnown && thrown instanceof GraphRefusal && refusalFrom(thrown).code === 'not-on')
    return { verdict: 'done', status: thrown.code }
  throw thrown
}

/** The period that runs: a period that the person turned on counts before one that an administrator gave. */
const ownIn = (spans: readonly Span[], now: number) => currentOf(spans.filter(isTurnedOn), now) ?? currentOf(spans, now)
