import type { Thing } from '../model/thing.ts'
import type { Given } from '../run/given.ts'
import type { GateWish } from '../wish/tenant-wish.ts'
import { idOf } from './named.ts'
import { findPolicy, writeRule } from './pim-policy.ts'
import { someOf } from './references.ts'
import { ruleChanges } from './rule-changes.ts'
import { type RulesView, rulesAfter, rulesView } from './rules-view.ts'

/** The rules of PIM for members of a gate's group. Writing the first of them brings the group under PIM, for ever. */
export function rulesThing(gate: GateWish, given: Given): Thing {
  const { group, activation } = gate
  const object = `PIM rules of group ${group}`
  return {
    object,
    async read(known) {
      const id = known.groups.get(group)
      const policy = id === undefined ? undefined : await findPolicy(given.graph, id)
      return policy && rulesView(policy, known)
    },
    after: (_known, before) => rulesAfter(before as RulesView | undefined, gate),
    async write(known, before) {
      const after = rulesAfter(before as RulesView | undefined, gate)
      for (const { id, change } of ruleChanges(before as RulesView | undefined, { after, known }))
        await writeRule(idOf(known.groups, group), id, { change, asking: given })
    },
    leaves(_known, before) {
      const view = before as RulesView
      const { approvers, context, notify } = view
      const { users = [], groups = [] } = activation.approvers ?? {}
      const others = [
        ...(approvers?.users ?? []).filter(user => !users.includes(user)),
        ...(approvers?.groups ?? []).filter(name => !groups.includes(name)),
      ]
      const mails = notify.filter(mail => !activation.notify.includes(mail))
      return [
        ...(['justification', 'ticket'] as const)
          .filter(demand => view[demand] && !activation[demand])
          .map(demand => `${object}: turning on access takes a ${demand}, which tenant.json does not ask for.`),
        ...(['eligible', 'active'] as const)
          .filter(kind => view[kind === 'eligible' ? 'permanentEligible' : 'permanentActive'])
          .filter(kind => !gate[kind].some(({ permanent }) => permanent))
          .map(kind => `${object}: people may be ${kind} without an end, which tenant.json does not ask for.`),
        ...(others.length > 0 ? [`${object}: ${someOf(others)} may approve, too.`] : []),
        ...(mails.length > 0 ? [`${object}: ${someOf(mails)} get mails, too.`] : []),
        ...(context !== null && activation.context === undefined
          ? [`${object}: turning on access asks for ${context}.`]
          : []),
      ]
    },
  }
}
