import * as z from 'zod'
import { msOf } from './durations.ts'
import { refusePim } from './refusals.ts'
import type { Rule, Rules } from './rules.ts'

// Approvers are of several kinds, so each names its own.
const approver = z.discriminatedUnion('@odata.type', [
  z.looseObject({ '@odata.type': z.literal('#microsoft.graph.singleUser'), userId: z.guid() }),
  z.looseObject({ '@odata.type': z.literal('#microsoft.graph.groupMembers'), groupId: z.guid() }),
])

const facts = {
  Expiration: z.object({ isExpirationRequired: z.boolean(), maximumDuration: z.string().refine(text => msOf(text)) }),
  Enablement: z.object({ enabledRules: z.array(z.enum(['Justification', 'Ticketing', 'MultiFactorAuthentication'])) }),
  // Not checked here: whether such a context exists.
  AuthenticationContext: z.object({ isEnabled: z.boolean(), claimValue: z.string().nullish() }),
  Approval: z.object({
    setting: z.looseObject({
      isApprovalRequired: z.boolean(),
      approvalStages: z.array(z.looseObject({ primaryApprovers: z.array(approver).optional() })).optional(),
    }),
  }),
  // The words are plain strings to Graph: nothing guards their spelling.
  Notification: z
    .object({
      notificationType: z.string(),
      notificationLevel: z.string(),
      recipientType: z.string(),
      isDefaultRecipientsEnabled: z.boolean(),
      notificationRecipients: z.array(z.string()),
    })
    .partial(),
}

/** The rule that a write leaves behind. Throws PIM's refusals. */
export function ruleIn(body: unknown, { present, id }: { present: Rules; id: string }): Rule {
  const old = present.get(id) ?? refusePim('InvalidPolicyRule')
  const kind = id.split('_')[0] as keyof typeof facts
  const wish = body as Partial<Rule> | undefined
  if (wish?.['@odata.type'] !== old['@odata.type'] || wish.id !== id || !wish.target) refusePim('InvalidPolicyRule')
  if (!facts[kind].safeParse(wish).success) refusePim('InvalidPolicyRule')
  const rule = { ...old, ...wish, target: old.target } as Rule
  refuseMfaBesideContext(rule, present)
  return rule
}

// PIM accepts the other order: a context while MFA is on.
function refuseMfaBesideContext({ id, enabledRules }: Rule, present: Rules): void {
  if (id !== 'Enablement_EndUser_Assignment') return
  const isMfa = (enabledRules as string[]).includes('MultiFactorAuthentication')
  if (isMfa && present.get('AuthenticationContext_EndUser_Assignment')?.isEnabled) refusePim('MfaAndAcrsConflict')
}
