import { randomUUID } from 'node:crypto'
import type { Asked, Outcome, Trail } from '../../audit/trail.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { OpenAct, OpenActs } from './open-acts.ts'
import { verdictOfThrown } from './verdict.ts'

/** The facts of an act that is to be done. */
export type ActFacts = Pick<OpenAct, 'kind' | 'request' | 'reason' | 'subject'>

/** Whether this result of an act cannot change any more. */
export const isFinal = ({ verdict }: Outcome): boolean => verdict !== 'waiting' && verdict !== 'unanswered'

/** The facts of an act as the audit trail records them. */
export const askedIn = ({ request, reason, subject }: ActFacts): Asked => ({
  ...(request && { request }),
  ...(reason && { reason }),
  ...(subject && { subject }),
})

/**
 * Makes the function that does an act which Microsoft may leave unanswered. The act is recorded before and after, and is
 * open until its result is known. `settled` is called with the result before the act counts as known, so that the
 * application changes with it. Throws what the work throws, and Problem('redis-away').
 */
export const createActs =
  ({ openActs, trail }: { openActs: OpenActs; trail: Trail }) =>
  async (
    who: Who,
    facts: ActFacts,
    work: () => Promise<Outcome>,
    settled: (outcome: Outcome) => Promise<void> = async () => {},
  ): Promise<Outcome> => {
    const { act } = await openActs.begin(who, { act: randomUUID(), ...facts })
    // An act that cannot be closed now is closed when the person comes next and its result is found out again.
    const close = () => openActs.close(who, act).catch(() => {})
    const doing = { act, actor: who.identity }
    const outcome = await trail(facts.kind, doing, askedIn(facts), work, found => found).catch(async thrown => {
      if (verdictOfThrown(thrown) !== 'unanswered') await close()
      throw thrown
    })
    await settled(outcome)
    if (isFinal(outcome)) await close()
    else if (outcome.request && facts.kind === 'ending') await openActs.note(who, act, outcome.request)
    return outcome
  }
export type Acts = ReturnType<typeof createActs>
