import type { SetupCheck } from '../check.ts'
import { approversOf } from '../facts/activation-rules.ts'
import { see } from '../facts/fact.ts'
import type { GroupOfGate } from '../facts/gate.ts'
import { judgeEach, listed, type SetupFault } from '../judging.ts'
import { groupOf } from './groups.ts'

/** Checks of who may approve. */
export const approverChecks: readonly SetupCheck[] = [
  {
    name: 'approvers',
    why: 'Where approval is needed and nobody can give it, every request lapses after a day.',
    judge: ({ gates }) => judgeEach(gates, faultOf, 'Wherever approval is needed there is somebody who can give it.'),
  },
]

function faultOf(facts: GroupOfGate): SetupFault | undefined {
  const named = approversOf(see(facts.policy))
  if (named === undefined) return undefined
  const fix =
    'Name a second person, or a group of people who can sign in, as approvers in PIM, Groups, the group, Settings, Member.'
  if (named.length === 0) return { what: `${groupOf(facts)} needs approval and names no approver.`, fix }
  const able = ableIn(facts)
  if (able === 'somebody') return undefined
  if (able.length === 0)
    return {
      what: `${groupOf(facts)} needs approval, and no approver can sign in: disabled accounts or empty groups.`,
      fix,
    }
  const alone = see(facts.eligible).filter(({ principalId }) => able.length === 1 && able[0] === principalId)
  if (alone.length === 0) return undefined
  // Whether PIM lets people decide their own requests on groups is not documented; both answers are bad ones.
  return {
    what: `At ${groupOf(facts).replace('The', 'the')} ${listed(alone.map(row => row.principalId))} could be approved by nobody else.`,
    fix,
  }
}

/** The accounts that can approve. Two that are seen are enough, whoever cannot be seen. */
function ableIn({ approvers }: GroupOfGate): readonly string[] | 'somebody' {
  const seen = new Set(approvers.flatMap(({ able }) => ('value' in able ? able.value : [])))
  if (seen.size > 1) return 'somebody'
  return [...new Set(approvers.flatMap(({ able }) => see(able)))]
}
