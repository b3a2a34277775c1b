import { randomUUID } from 'node:crypto'
import type { Asked, Outcome, Trail } from '../../audit/trail.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { OpenAct, OpenActs } from './open-acts.ts'
import { verdictOfThrown } from './verdict.ts'

export type About = Pick<OpenAct, 'kind' | 'request' | 'reason' | 'subject'>

/** Whether nothing more can become of it. */
export const isFinal = ({ verdict }: Outcome): boolean => verdict !== 'waiting' && verdict !== 'unanswered'

export const askedIn = ({ request, reason, subject }: About): Asked => ({
  ...(request && { request }),
  ...(reason && { reason }),
  ...(subject && { subject }),
})

/**
 * Does something that Microsoft may leave without an answer: recorded before and after, and open until it is known what
 * became of it. `settled` makes it so here, too, before it counts as known.
 */
export const createActs =
  ({ openActs, trail }: { openActs: OpenActs; trail: Trail }) =>
  async (
    who: Who,
    about: About,
    work: () => Promise<Outcome>,
    settled: (outcome: Outcome) => Promise<void> = async () => {},
  ): Promise<Outcome> => {
    const { act } = await openActs.begin(who, { act: randomUUID(), ...about })
    const isOver = () => openActs.close(who, act).catch(() => {})
    const doing = { act, actor: who.identity }
    const outcome = await trail(about.kind, doing, askedIn(about), work, found => found).catch(async thrown => {
      if (verdictOfThrown(thrown) !== 'unanswered') await isOver()
      throw thrown
    })
    await settled(outcome)
    if (isFinal(outcome)) await isOver()
    else if (outcome.request && about.kind === 'ending') await openActs.note(who, act, outcome.request)
    return outcome
  }
export type Acts = ReturnType<typeof createActs>
