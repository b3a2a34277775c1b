import { type AuditRecord, createTrail } from '../../src/audit/trail.ts'
import type { Pim } from '../../src/entra/pim/pim.ts'
import { defaultRules } from '../../src/entra/pim/policy.ts'
import type { Who } from '../../src/gate/asking/pim-token.ts'
import { createLog } from '../../src/observability.ts'
import type { Acts } from '../../src/pim/acts/acts.ts'
import { verdictOfThrown } from '../../src/pim/acts/verdict.ts'
import type { AsPerson } from '../../src/pim/reading/as-person.ts'
import { createOwnPlan } from '../../src/pim/reading/own-plan.ts'
import { createReads } from '../../src/pim/reading/readings.ts'
import { createActivations } from '../../src/pim/wish/activations.ts'
import type { Plan } from '../../src/session/record/plan.ts'
import { createKnownPlans } from '../../src/session/replicas/known-plans.ts'
import { inMemory } from '../gate/property/in-memory.ts'
import { ben, firstRequest, span, start } from './bens.ts'

/**
 * The application's own parts around a PIM that is made by hand: it shows Ben's access, and grants whatever is asked for.
 * Each test changes what its sentence is about. Notes are kept in memory.
 */
export function openAtPim(answers: Partial<Pim> = {}) {
  const asked: { startsAt?: number | undefined }[] = []
  const records: AuditRecord[] = []
  const seen: unknown[][] = []
  const pim = {
    eligibility: async () => ({ eligible: true }),
    spans: async () => [span],
    requests: async () => [firstRequest],
    request: async () => undefined,
    rules: async () => defaultRules,
    nameOf: async () => undefined,
    named: async () => undefined,
    async activate(_token, { startsAt }) {
      asked.push({ startsAt })
      return { ...firstRequest, id: `r-${asked.length + 1}`, status: 'granted' }
    },
    ...answers,
  } as Pim
  let at = start
  const clock = () => new Date(at)
  const asPerson = <T>(_who: Who, call: (token: string) => Promise<T>) => call('a-token')
  const activations = createActivations({ notes: inMemory(), clock })
  const knownPlans = createKnownPlans({ notes: inMemory(), clock })
  const needs = { clock, pim, asPerson, activations }
  const ownPlan = createOwnPlan({ ...needs, knownPlans, sessions: { changeAll: async () => {} } })
  return {
    ...needs,
    ownPlan,
    reads: createReads(needs),
    trail: createTrail({
      gate: 'members',
      append: async record => void records.push(record),
      verdictOfThrown,
      onLost: () => {},
    }),
    /** What the trail recorded, in order. */
    records,
    seen: {
      effective: (_who: Who, { id }: { id: string }, afterMs: number) => void seen.push(['effective', id, afterMs]),
      lapsed: (_who: Who, { id }: { id: string }) => void seen.push(['lapsed', id]),
      refused: (_who: Who, { id }: { id: string }, thrown: unknown) => void seen.push(['refused', id, thrown]),
    },
    /** What was seen of the acts, in order. */
    sights: seen,
    log: createLog({ level: 'silent' }),
    /** The activations that PIM was asked for, in order. */
    asked,
    /** The plan that a session learns which begins now. */
    planOfNewSession: (): Promise<Plan | undefined> => knownPlans.read(ben),
    pass: (ms: number): void => {
      at += ms
    },
  }
}

/** Asks PIM with a token at once, and notes in `ways` whether it is asked for an act. */
export const notingWays =
  (ways: unknown[]): AsPerson =>
  (_who, call, even) => {
    ways.push(even)
    return call('a-token')
  }

/** Does an act, and notes the facts that it was begun with and its outcome. */
export const notingActs =
  (facts: unknown[], outcomes: unknown[]): Acts =>
  async (_who, fact, work) => {
    facts.push(fact)
    const outcome = await work()
    outcomes.push(outcome)
    return outcome
  }
