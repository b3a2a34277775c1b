import { NoAnswer } from '../../entra/outbound.ts'
import { defaultRules, type Rules } from '../../entra/pim/policy.ts'
import type { Eligibility, Span } from '../../entra/pim/standing.ts'
import { isProblem } from '../../errors.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { AskingPim } from './as-person.ts'
import { createShared, patient, soon } from './patience.ts'
import type { Requests } from './periods.ts'

/**
 * PIM's facts about one person: whether they may turn on access, their periods, their requests, and the rules for
 * asking.
 */
export type Readings = {
  eligibility: Eligibility
  spans: readonly Span[]
  requests: Requests
  rules: KnownRules
  approvers: readonly string[]
}
/** `known: false`: the policy may not be read with this person's token, so these are the default rules. */
export type KnownRules = Rules & { known: boolean }

const mostApprovers = 10

/**
 * Reads, with the person's own token, all that the pages about access tell. Every method throws GraphRefusal and NoAnswer;
 * `readings` also throws what `PimToken.get` throws.
 */
export function createReads({ pim, asPerson }: Pick<AskingPim, 'pim' | 'asPerson'>) {
  const shared = createShared<Readings>()

  async function read(token: string): Promise<Readings> {
    const [eligibility, spans, requests, rules] = await Promise.all([
      pim.eligibility(token),
      pim.spans(token),
      pim.requests(token, 'principal'),
      rulesOrDefaults(token),
    ])
    return { eligibility, spans, requests, rules, approvers: await namesOf(token, rules) }
  }

  async function rulesOrDefaults(token: string): Promise<KnownRules> {
    try {
      return { ...(await pim.rules(token)), known: true }
    } catch (thrown) {
      if (isUnanswered(thrown)) throw thrown
      return { ...defaultRules, known: false }
    }
  }

  async function namesOf(token: string, { approval, approvers }: Rules): Promise<string[]> {
    if (!approval) return []
    const names = approvers
      .slice(0, mostApprovers)
      .map(async each => (await pim.nameOf(token, each).catch(() => undefined)) ?? each.description)
    return (await Promise.all(names)).filter(name => name !== undefined)
  }

  return {
    /** All facts, read once where one person's pages want them at the same moment. */
    readings: (who: Who): Promise<Readings> =>
      soon(
        who,
        shared(who.sessionId, () => asPerson(patient(who), read)),
      ),
    /** The policy's rules; where this token may not read them, the default rules, and Graph's answer decides. */
    rulesOrDefaults,
    /** The names of those who may approve, ten at most. */
    approvers: async (token: string): Promise<readonly string[]> => namesOf(token, await rulesOrDefaults(token)),
  }
}
export type Reads = ReturnType<typeof createReads>

/** Whether nobody answered: Graph did not, or Entra gave no token to ask Graph with. */
export const isUnanswered = (thrown: unknown): boolean =>
  thrown instanceof NoAnswer || isProblem(thrown, 'entra-unreachable')

/** Takes silence for undefined. Throws every answer that was thrown. */
export function undefinedIfUnanswered(thrown: unknown): undefined {
  if (!isUnanswered(thrown)) throw thrown
}
