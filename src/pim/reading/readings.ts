import { NoAnswer } from '../../entra/outbound.ts'
import type { Eligibility, Pim, PimRequest, Rules, Span } from '../../entra/pim/pim.ts'
import { rulesOf as rulesIn } from '../../entra/pim/policy.ts'
import { Problem } from '../../errors.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { AsPerson } from './as-person.ts'
import { createShared, patient, soon } from './patience.ts'

/** What PIM says of one person: what they may turn on, what is on, what they asked for, and the rules of doing so. */
export type Readings = {
  eligibility: Eligibility
  spans: readonly Span[]
  requests: readonly PimRequest[]
  rules: KnownRules
  approvers: readonly string[]
}
type KnownRules = Rules & { known: boolean }

/** Reads from PIM, with the person's own token, what the pages about access say. */
export function createReads({ pim, asPerson }: { pim: Pim; asPerson: AsPerson }) {
  const shared = createShared<Readings>()

  async function read(token: string): Promise<Readings> {
    const [eligibility, spans, requests, rules] = await Promise.all([
      pim.eligibility(token),
      pim.spans(token),
      pim.requests(token, 'principal'),
      rulesOf(token),
    ])
    return { eligibility, spans, requests, rules, approvers: await namesOf(token, rules) }
  }

  /** When this person's token may not read the policy: sensible fields, and Graph's answer decides. */
  async function rulesOf(token: string): Promise<KnownRules> {
    try {
      return { ...(await pim.rules(token)), known: true }
    } catch (thrown) {
      if (isUnanswered(thrown)) throw thrown
      return { ...rulesIn([]), known: false }
    }
  }

  async function namesOf(token: string, { approval, approvers }: Rules): Promise<string[]> {
    if (!approval) return []
    const names = await Promise.all(
      approvers
        .slice(0, 10)
        .map(async each => (await pim.nameOf(token, each).catch(() => undefined)) ?? each.description),
    )
    return names.filter(name => name !== undefined)
  }

  return {
    /** A burst of one person's requests costs what one does. */
    readings: (who: Who): Promise<Readings> =>
      soon(
        who,
        shared(who.sessionId, () => asPerson(patient(who), read)),
      ),
    rulesOf,
    /** The names of those who can approve. */
    approvers: async (token: string): Promise<readonly string[]> => namesOf(token, await rulesOf(token)),
  }
}
export type Reads = ReturnType<typeof createReads>

export const isUnanswered = (thrown: unknown): boolean =>
  thrown instanceof NoAnswer || (thrown instanceof Problem && thrown.code === 'entra-unreachable')

/** No answer is nothing; what is one rises. */
export function ifAnswered(thrown: unknown): undefined {
  if (!isUnanswered(thrown)) throw thrown
}
