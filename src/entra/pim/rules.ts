import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Graph } from '../graph/graph.ts'
import { GraphRefusal } from '../graph/refusal.ts'
import { lowerGuid, parsed, word } from '../graph/shapes.ts'
import { type GivingRules, givingRulesOf } from './giving-rules.ts'
import { type Rules, rulesOf } from './policy.ts'

const rememberMs = 60_000

const assignmentShape = z.object({
  scopeId: lowerGuid,
  roleDefinitionId: word,
  policy: z.object({ rules: z.array(z.unknown()) }),
})

/**
 * Reads the rules of our group's policy, and remembers them for a minute, for everybody. A refusal to show them is not
 * remembered: another person's token may read them. `forget`: the rules as remembered may be wrong. Throws GraphRefusal
 * and NoAnswer.
 */
export function createRules({ graph, groupId, clock }: { graph: Graph; groupId: string; clock: Clock }) {
  let kept: { rules: Rules; giving: GivingRules; at: number } | undefined
  // The policy's id is not remembered: it changes when the group comes under PIM.
  const filter = `scopeId eq '${groupId}' and scopeType eq 'Group' and roleDefinitionId eq 'member'`
  const query = `$filter=${encodeURIComponent(filter)}&$expand=${encodeURIComponent('policy($expand=rules)')}`

  async function read(token: string): Promise<NonNullable<typeof kept>> {
    const at = clock().getTime()
    if (kept && at >= kept.at && at - kept.at < rememberMs) return kept
    const found = parsed(
      z.array(assignmentShape),
      await graph.list(`/policies/roleManagementPolicyAssignments?${query}`, token),
    ).find(each => each.scopeId === groupId && each.roleDefinitionId === 'member')
    if (!found) throw new GraphRefusal('no policy')
    kept = { rules: rulesOf(found.policy.rules), giving: givingRulesOf(found.policy.rules), at }
    return kept
  }

  return {
    /** The rules for people who turn on their own access. */
    rules: async (token: string): Promise<Rules> => (await read(token)).rules,
    /** The rules for administrators who give access. */
    givingRules: async (token: string): Promise<GivingRules> => (await read(token)).giving,

    forget: (): void => {
      kept = undefined
    },
  }
}
