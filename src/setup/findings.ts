import type { Clock } from '../clock.ts'
import type { Graph } from '../entra/graph/graph.ts'
import type { SetupCheck } from './check.ts'
import { setupChecks } from './checks.ts'
import type { ExpectedTenant } from './expected.ts'
import { peopleById } from './facts/by-id.ts'
import { UnseenFact } from './facts/fact.ts'
import { readFacts, type SetupFacts } from './facts/facts.ts'
import { type Judged, type SetupFinding, untold } from './finding.ts'

type Asking = {
  graph: Pick<Graph, 'call' | 'list'>
  /** A token for Graph. Where it throws, nothing of the tenant can be seen, and every finding says so. */
  token: () => Promise<string>
  expected: ExpectedTenant
  clock: Clock
  /** Whether findings may name people. Left out: people stand there by their object ids, so that a log has no names. */
  named?: boolean
  /** Waits so many milliseconds. Tests let their clock run on instead. */
  sleep?: (ms: number) => Promise<void>
}

/**
 * Checks a tenant with the permissions that the token happens to have: one finding for every check, always all of them, in
 * the order of the table. Takes at most 15 s. Never throws, because what cannot be seen or understood is a finding too.
 */
export async function findingsOf(asking: Asking): Promise<SetupFinding[]> {
  const read = await readFacts(asking)
  const facts = asking.named ? read : peopleById(read)
  return setupChecks.map(check => ({ check: check.name, why: check.why, ...judged(check, facts, asking.expected) }))
}

function judged({ judge }: SetupCheck, facts: SetupFacts, expected: ExpectedTenant): Judged {
  try {
    return judge(facts, expected)
  } catch (thrown) {
    if (thrown instanceof UnseenFact) return untold(thrown.message, thrown.remedy)
    return untold(
      'The answers of Microsoft could not be understood.',
      'Look at this part by hand, and report the fault.',
    )
  }
}
