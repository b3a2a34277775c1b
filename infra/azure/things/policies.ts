import type { ConditionalAccessPolicy } from '@microsoft/microsoft-graph-types'
import type { Known } from '../model/known.ts'
import type { Thing } from '../model/thing.ts'
import type { Given } from '../run/given.ts'
import type { ContextWish, TenantWish } from '../wish/tenant-wish.ts'
import { isObjectId, onlyOne, together } from './named.ts'
import { changeOf, creationOf } from './policy-bodies.ts'
import { narrowedBy, type PolicyView, viewOf } from './policy-view.ts'
import { phishingResistant } from './strength.ts'

const policies = '/identity/conditionalAccess/policies'

/** The Conditional Access policies that give the contexts their meaning. */
export const policyThings = (given: Given): Thing[] => given.wish.contexts.map(context => policyThing(context, given))

function policyThing(context: ContextWish, { wish, graph, enablePolicies }: Given): Thing {
  const after = (_known: Known, before: unknown): PolicyView =>
    merged(before as PolicyView | undefined, { context, wish, enablePolicies })
  const find = async (): Promise<ConditionalAccessPolicy | undefined> => {
    const { policy } = context
    if (isObjectId(policy)) return await graph.get<ConditionalAccessPolicy>(`${policies}/${policy}`)
    // The whole list: the answer to a $filter is no surer to hold what was created a moment ago.
    const all = await graph.list<ConditionalAccessPolicy>(policies)
    const isNamed = ({ displayName }: ConditionalAccessPolicy) => displayName?.toLowerCase() === policy.toLowerCase()
    return onlyOne(all.filter(isNamed), 'Conditional Access policies', policy)
  }
  let narrowed: readonly string[] = []
  return {
    object: `Conditional Access policy ${context.policy}`,
    async read(known) {
      const found = await find()
      narrowed = found ? narrowedBy(found) : []
      return found && viewOf(found, known)
    },
    after,
    async write(known, before) {
      const wanted = after(known, before)
      // It begins in report-only, whatever is wanted: an interrupted run leaves nothing that locks people out.
      const body = creationOf({ context, view: wanted, known })
      const found =
        before === undefined ? await graph.create({ path: policies, body, find, isUnique: false }) : await find()
      const change = found && changeOf(found, { wanted, known })
      if (change && Object.keys(change).length > 0) await graph.patch(`${policies}/${found.id}`, change)
    },
    leaves: (_known, before) => [
      ...leftOf(before as PolicyView, { context, wish, enablePolicies }),
      ...(narrowed.length > 0
        ? [
            `Conditional Access policy ${context.policy}: it counts only under conditions (${narrowed.join(', ')}), and elsewhere ${context.id} proves nothing. Remove them in the portal.`,
          ]
        : []),
    ],
  }
}

type Wanted = { context: ContextWish; wish: TenantWish; enablePolicies: boolean }

/** Nothing of an existing policy is weakened: what it protects, asks and exempts stays, and an enabled one stays enabled. */
function merged(before: PolicyView | undefined, { context, wish, enablePolicies }: Wanted): PolicyView {
  const { emergency } = wish
  return {
    state: enablePolicies ? 'enabled' : (before?.state ?? 'report-only'),
    contexts: together(before?.contexts ?? [], [context.id]),
    people: before?.people.includes('All') ? before.people : ['All'],
    excludedGroups: together(before?.excludedGroups ?? [], emergency.group === undefined ? [] : [emergency.group]),
    excludedUsers: together(before?.excludedUsers ?? [], emergency.users ?? []),
    strength: phishingResistant.name,
    everyTime: context.everyTime || before?.everyTime === true,
  }
}

function leftOf(before: PolicyView, { context, wish, enablePolicies }: Wanted): string[] {
  const { emergency } = wish
  const others = [
    ...before.excludedGroups.filter(name => name !== emergency.group),
    ...before.excludedUsers.filter(name => !emergency.users?.includes(name)),
  ]
  const isOff = before.state !== 'enabled' && !enablePolicies
  return [
    ...(isOff
      ? [
          `Conditional Access policy ${context.policy}: it is ${before.state}, so ${context.id} proves nothing until apply runs with --enable-policies.`,
        ]
      : []),
    ...(before.everyTime && !context.everyTime
      ? [`Conditional Access policy ${context.policy}: it asks every time, which tenant.json does not.`]
      : []),
    ...(others.length > 0
      ? [`Conditional Access policy ${context.policy}: it exempts ${others.join(', ')}, too.`]
      : []),
  ]
}
