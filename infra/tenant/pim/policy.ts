import * as z from 'zod'
import { guidFrom } from '../directory/ids.ts'
import { type GroupKey, idOfGroup, managedGroups } from '../directory/managed.ts'
import { keyOf, personBy } from '../directory/people.ts'
import { durationOf, msOf } from './durations.ts'
import { givingWish, rulesForGiving } from './giving.ts'
import {
  type Approvers,
  approvalRule,
  contextRule,
  enablementRule,
  expirationRule,
  freshRules,
  type Rule,
  type Rules,
} from './rules.ts'

export type Side = 'member' | 'owner'

export const policyWish = z.strictObject({
  maxMinutes: z
    .number()
    .int()
    .min(5)
    .max(24 * 60)
    .optional(),
  reason: z.boolean().optional(),
  ticket: z.boolean().optional(),
  mfa: z.boolean().optional(),
  /** The authentication context to demand, such as c1. */
  context: z.string().min(1).or(z.literal(false)).optional(),
  /** Who may approve: people by their keys, groups by their ids. */
  approval: z
    .literal(false)
    .or(z.strictObject({ approvers: z.array(z.string()), groups: z.array(z.string()).default([]) }))
    .optional(),
  giving: givingWish.optional(),
})
export type PolicyWish = z.input<typeof policyWish>

export type Policies = ReturnType<typeof createPolicies>

/**
 * The two policies of a group, which exist before PIM manages it. Their ids change when PIM begins to manage the group,
 * and at the first write.
 */
export function createPolicies({ clock, group }: { clock: () => Date; group: GroupKey }) {
  const isSeeded = group in managedGroups
  const seeds: Record<Side, Rules> = { member: isSeeded ? seededRules() : freshRules(), owner: freshRules() }
  const rules: Record<Side, Rules> = { member: new Map(seeds.member), owner: new Map(seeds.owner) }
  const writes: { at: Date; side: Side; rule: Rule }[] = []
  let generation = 0
  let isManaged = isSeeded
  let modified = isSeeded ? new Date(clock().getTime() - aMonth) : undefined
  return {
    rules,
    rulesAt,
    idOf,
    newIds,
    isManaged: () => isManaged,
    manage,
    put,
    set,
    modifiedAt: () => modified,
    activation,
    approversOf,
  }

  /** The rules as they were at a moment. */
  function rulesAt(side: Side, at: Date): Rules {
    const then = new Map(seeds[side])
    for (const write of writes) if (write.side === side && write.at <= at) then.set(write.rule.id, write.rule)
    return then
  }

  function idOf(side: Side): string {
    return `Group_${idOfGroup(group)}_${guidFrom(`policy ${side} ${generation}`)}`
  }

  function newIds(): void {
    generation += 1
  }

  /** Begins to manage the group, if PIM does not manage it already. */
  function manage(): void {
    if (!isManaged) newIds()
    isManaged = true
  }

  function put(side: Side, rule: Rule): void {
    manage()
    if (writes.length === 0) newIds()
    modified = clock()
    writes.push({ at: modified, side, rule })
    rules[side].set(rule.id, rule)
  }

  /** Changes the rules for activating as a member, and those for administrators. Throws on a wish that makes no sense. */
  function set(wish: unknown): void {
    const { maxMinutes, reason, ticket, mfa, context, approval, giving = {} } = policyWish.parse(wish)
    for (const rule of rulesForGiving(giving)) put('member', rule)
    const now = activation('member')
    if (maxMinutes !== undefined) put('member', expirationRule(durationOf(maxMinutes)))
    const wanted = { Justification: reason, Ticketing: ticket, MultiFactorAuthentication: mfa }
    const enabled = Object.entries(wanted).filter(([name, wish]) => wish ?? now.enabled.includes(name))
    if ([reason, ticket, mfa].some(each => each !== undefined))
      put('member', enablementRule(enabled.map(([name]) => name)))
    if (context !== undefined) put('member', contextRule(context))
    if (approval === false) put('member', approvalRule({ isOn: false, approvers: approversOf('member') }))
    else if (approval) put('member', approvalRule({ isOn: true, approvers: known(approval) }))
  }

  function known({ approvers, groups }: { approvers: string[]; groups: string[] }): Approvers {
    return { people: approvers.map(key => personBy(key).key), groups }
  }

  /** The demands on an activation, read from the rules. */
  function activation(side: Side) {
    const of = (kind: string) => rules[side].get(`${kind}_EndUser_Assignment`) ?? {}
    const expiration = of('Expiration') as { isExpirationRequired?: boolean; maximumDuration?: string }
    const context = of('AuthenticationContext') as { isEnabled?: boolean; claimValue?: string }
    const { setting } = of('Approval') as { setting?: { isApprovalRequired?: boolean } }
    return {
      longestMs: msOf(expiration.maximumDuration ?? '') ?? 0,
      mayBePermanent: expiration.isExpirationRequired === false,
      enabled: ((of('Enablement') as { enabledRules?: string[] }).enabledRules ?? []) as string[],
      context: context.isEnabled ? context.claimValue : undefined,
      approval: setting?.isApprovalRequired === true,
    }
  }

  /** The approvers that the approval rule names, in either spelling. */
  function approversOf(side: Side): Approvers {
    const rule = rules[side].get('Approval_EndUser_Assignment') as unknown as ApprovalRule | undefined
    const named = rule?.setting?.approvalStages?.[0]?.primaryApprovers ?? []
    return {
      people: named.flatMap(({ userId, id, groupId }) => (groupId ? [] : (keyOf(userId ?? id) ?? []))),
      groups: named.flatMap(({ groupId, id, userId }) => (userId || keyOf(id) ? [] : (groupId ?? id ?? []))),
    }
  }
}

const aMonth = 30 * 24 * 3_600_000

/** The rules of a group that PIM manages from the start. */
function seededRules(): Rules {
  const approvers = { people: ['lena', 'ada'], groups: [] }
  const seeds = [contextRule('c1'), approvalRule({ isOn: false, approvers })]
  return new Map([...freshRules(), ...seeds.map((rule): [string, Rule] => [rule.id, rule])])
}

type Named = { userId?: string; groupId?: string; id?: string }
type ApprovalRule = { setting?: { approvalStages?: { primaryApprovers?: Named[] }[] } }
