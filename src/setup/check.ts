import type { ExpectedTenant } from './expected.ts'
import type { SetupFacts } from './facts/facts.ts'
import type { Judged } from './finding.ts'

/** One check of the tenant: a name that never changes, why it matters, and a pure judgement of what was seen. */
export type SetupCheck = {
  name: string
  why: string
  judge(facts: SetupFacts, expected: ExpectedTenant): Judged
}
