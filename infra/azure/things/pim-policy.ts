import type {
  UnifiedRoleManagementPolicyAssignment,
  UnifiedRoleManagementPolicyRule,
} from '@microsoft/microsoft-graph-types'
import { Stop } from '../commands/command.ts'
import { exits } from '../exits.ts'
import type { Graph } from '../graph/graph.ts'
import { isNotShown } from '../graph/problem.ts'
import { bounds, createPatience } from '../graph/waiting.ts'

/** A rule of PIM as Graph shows it. Its members depend on its kind. */
export type PimRule = UnifiedRoleManagementPolicyRule & { id: string; '@odata.type'?: string } & Record<string, unknown>
/** The rules for members of a group, by their ids; `policyId` counts until the next write only. */
export type PimPolicy = { policyId: string; rules: ReadonlyMap<string, PimRule> }

/**
 * The rules of PIM for members of a group; undefined where Graph does not list them yet. The id of the policy changes when
 * it is first written, so nobody keeps it. Source: https://learn.microsoft.com/graph/api/policyroot-list-rolemanagementpolicyassignments
 */
export async function findPolicy(graph: Graph, groupId: string): Promise<PimPolicy | undefined> {
  const filter = `scopeId eq '${groupId}' and scopeType eq 'Group' and roleDefinitionId eq 'member'`
  const path = `/policies/roleManagementPolicyAssignments?$filter=${encodeURIComponent(filter)}&$expand=policy($expand=rules)`
  const [found] = await graph.list<UnifiedRoleManagementPolicyAssignment>(path)
  if (!found?.policyId) return undefined
  const rules = (found.policy?.rules ?? []) as PimRule[]
  return { policyId: found.policyId, rules: new Map(rules.map(rule => [rule.id, rule])) }
}

type Asking = { graph: Graph; clock: () => Date; sleep: (ms: number) => Promise<void> }

/** Writes one rule, into the policy that the group has at this moment. */
export async function writeRule(
  groupId: string,
  ruleId: string,
  { change, asking }: { change: (rule: PimRule) => object; asking: Asking },
): Promise<void> {
  const wait = createPatience(asking, bounds.shownMs)
  for (;;) {
    const policy = await findPolicy(asking.graph, groupId)
    const rule = policy?.rules.get(ruleId)
    if (policy && rule && (await isWritten(policy.policyId, { ...rule, ...change(rule) }, asking.graph))) return
    if (!(await wait()))
      throw new Stop(exits.failed, `PIM shows no rule ${ruleId} for the group ${groupId}. Run apply again in a while.`)
  }
}

/** False where the policy is no longer there, because an earlier write gave it another id. */
async function isWritten(policyId: string, rule: PimRule, graph: Graph): Promise<boolean> {
  try {
    await graph.patchNow(`/policies/roleManagementPolicies/${policyId}/rules/${rule.id}`, rule)
    return true
  } catch (error) {
    if (isNotShown(error)) return false
    throw error
  }
}
