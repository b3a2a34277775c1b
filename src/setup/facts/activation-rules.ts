import { z } from 'zod'
import { lowerGuid, word } from '../../entra/graph/shapes.ts'
import { minutesOf } from '../../entra/pim/iso-duration.ts'
import { UnseenFact } from './fact.ts'
import type { MemberPolicy } from './pim.ts'

const expirationShape = z.object({ isExpirationRequired: z.boolean(), maximumDuration: z.string().nullable() })
const enablementShape = z.object({ enabledRules: z.array(word) })
const contextShape = z.object({ isEnabled: z.boolean(), claimValue: z.string().nullable() })
const approverShape = z.object({
  '@odata.type': z.string().optional(),
  userId: lowerGuid.optional(),
  groupId: lowerGuid.optional(),
  id: lowerGuid.optional(),
})
const approvalShape = z.object({
  setting: z.object({
    isApprovalRequired: z.boolean(),
    approvalStages: z.array(z.object({ primaryApprovers: z.array(approverShape) })),
  }),
})

/** The longest activation in minutes; 'unlimited' where none is set. */
export function longestActivation(policy: MemberPolicy): number | 'unlimited' {
  const { isExpirationRequired, maximumDuration } = ruleIn(policy, 'expiration', expirationShape)
  if (!isExpirationRequired) return 'unlimited'
  return minutesOf(maximumDuration ?? '') ?? unreadable('expiration')
}

/** What a person must give to turn on access: `justification`, `ticketing`, `multifactorauthentication`. */
export const demandsOf = (policy: MemberPolicy): readonly string[] =>
  ruleIn(policy, 'enablement', enablementShape).enabledRules

/** The authentication context that turning on access demands, if any. */
export function contextOf(policy: MemberPolicy): string | undefined {
  const { isEnabled, claimValue } = ruleIn(policy, 'authenticationcontext', contextShape)
  return isEnabled ? (claimValue ?? '') : undefined
}

/** A person or a group that may approve. */
export type SetupApprover = { kind: 'user' | 'group'; id: string }

/** Who may approve; undefined where nobody has to. */
export function approversOf(policy: MemberPolicy): readonly SetupApprover[] | undefined {
  const { setting } = ruleIn(policy, 'approval', approvalShape)
  if (!setting.isApprovalRequired) return undefined
  return setting.approvalStages.flatMap(stage => stage.primaryApprovers.map(approverOf))
}

/** Graph's schema calls the id `userId` or `groupId`; tenants have been seen that call it `id`. */
function approverOf({ '@odata.type': type = '', userId, groupId, id }: z.infer<typeof approverShape>): SetupApprover {
  const named = type.split('.').at(-1)?.toLowerCase()
  const kind = named === 'groupmembers' || (!named && groupId) ? 'group' : 'user'
  const found = (kind === 'group' ? groupId : userId) ?? id
  // Others, such as the manager of the person who asks, are not for groups of people who turn on access.
  if (!found || (named && !['groupmembers', 'singleuser'].includes(named))) return unreadable('approval')
  return { kind, id: found }
}

/** Throws UnseenFact for a rule that is missing or cannot be read: PIM's default is not what was seen. */
function ruleIn<T extends z.ZodType>({ rules }: MemberPolicy, kind: string, shape: T): z.infer<T> {
  return shape.safeParse(rules.get(`${kind}_enduser_assignment`)).data ?? unreadable(kind)
}

function unreadable(kind: string): never {
  throw new UnseenFact(`PIM’s rule about ${names[kind]} cannot be read.`, 'Look at the settings of the group in PIM.')
}
const names: Record<string, string> = {
  expiration: 'the longest activation',
  enablement: 'what people give to turn on access',
  authenticationcontext: 'the authentication context',
  approval: 'approval',
}
