import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Graph } from '../graph/graph.ts'
import { GraphRefusal } from '../graph/refusal.ts'
import { lowerGuid, parsed, word } from '../graph/shapes.ts'
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
  let kept: { rules: Rules; at: number } | undefined
  // The policy's id is not remembered: it changes when the group comes under PIM.
  const filter = `scopeId eq '${groupId}' and scopeType eq 'Group' and roleDefinitionId eq 'member'`
  const query = `$filter=${encodeURIComponent(filter)}&$expand=${encodeURIComponent('policy($expand=rules)')}`

  return {
    async rules(token: string): Promise<Rules> {
      const at = clock().getTime()
      if (kept && at >= kept.at && at - kept.at < rememberMs) return kept.rules
      const found = parsed(
        z.array(assignmentShape),
        await graph.list(`/policies/roleManagementPolicyAssignments?${query}`, token),
      ).find(each => each.scopeId === groupId && each.roleDefinitionId === 'member')
      if (!found) throw new GraphRefusal('no policy')
      kept = { rules: rulesOf(found.policy.rules), at }
      return kept.rules
    },

    forget: (): void => {
      kept = undefined
    },
  }
}
