import { z } from 'zod'
import { lowerGuid } from '../graph/shapes.ts'
import { minutesOf } from './iso-duration.ts'

/** The demands of a policy on a person who turns on access. At most one of `mfa` and `context` is set. */
export type Rules = {
  longestMinutes: number
  reason: boolean
  ticket: boolean
  mfa: boolean
  context?: string
  approval: boolean
  approvers: readonly Approver[]
  /** Whether approvers must say why. */
  commentNeeded: boolean
}
/** A person or group that may approve. */
export type Approver = { kind: 'user' | 'group'; id: string; description?: string }

/** PIM never allows more minutes than this, whatever a policy says. */
const longestEver = 24 * 60
const defaults = { maximumDuration: 'PT8H', enabledRules: ['Justification'] }

const flag = z.boolean().catch(false)
const texts = z.array(z.unknown()).transform(items => items.filter(item => typeof item === 'string'))
const namedShape = z.object({ id: z.string() })
const expirationShape = z.object({
  maximumDuration: z.string().catch(''),
  isExpirationRequired: z.boolean().catch(true),
})
const enablementShape = z.object({ enabledRules: texts.catch(defaults.enabledRules) })
const contextShape = z.object({ isEnabled: flag, claimValue: z.string().catch('') })
const stageShape = z.object({
  isApproverJustificationRequired: z.boolean().catch(true),
  primaryApprovers: z.array(z.unknown()).catch([]),
})
const approvalShape = z.object({
  setting: z.object({ isApprovalRequired: flag, approvalStages: z.array(stageShape).catch([]) }),
})
const approverShape = z.object({
  '@odata.type': z.string().catch(''),
  userId: lowerGuid.optional().catch(undefined),
  groupId: lowerGuid.optional().catch(undefined),
  id: lowerGuid.optional().catch(undefined),
  description: z.string().optional().catch(undefined),
})

/**
 * Reads the rules of a policy for members who turn on their access. A rule that is missing or cannot be read counts as
 * PIM's default. If that is wrong, Graph refuses the request, and the person is told.
 * Source: https://learn.microsoft.com/graph/identity-governance-pim-rules-overview
 */
export function rulesOf(unverified: readonly unknown[]): Rules {
  const rule = (kind: string) =>
    unverified.find(each => namedShape.safeParse(each).data?.id.toLowerCase() === `${kind}_enduser_assignment`)
  const asked = new Set(
    (enablementShape.safeParse(rule('enablement')).data ?? defaults).enabledRules.map(name => name.toLowerCase()),
  )
  const context = contextOf(rule('authenticationcontext'))
  return {
    longestMinutes: longestOf(rule('expiration')),
    reason: asked.has('justification'),
    ticket: asked.has('ticketing'),
    // A policy can have both set, though they contradict each other. The context is the stronger of the two.
    mfa: asked.has('multifactorauthentication') && !context,
    ...(context && { context }),
    ...approvalOf(rule('approval')),
  }
}

/** The rules that count where a policy may not be read. */
export const defaultRules: Rules = rulesOf([])

function longestOf(unverified: unknown): number {
  const rule = expirationShape.safeParse(unverified).data
  const byDefault = rule && !rule.isExpirationRequired && !rule.maximumDuration ? 'P1D' : defaults.maximumDuration
  const minutes = minutesOf(rule?.maximumDuration ?? '') || minutesOf(byDefault)
  return Math.min(minutes ?? longestEver, longestEver)
}

function contextOf(unverified: unknown): string | undefined {
  const rule = contextShape.safeParse(unverified).data
  return rule?.isEnabled && /^c[1-9]\d?$/.test(rule.claimValue) ? rule.claimValue : undefined
}

function approvalOf(unverified: unknown): Pick<Rules, 'approval' | 'approvers' | 'commentNeeded'> {
  const setting = approvalShape.safeParse(unverified).data?.setting
  const stages = setting?.isApprovalRequired ? setting.approvalStages : []
  const approvers = stages.flatMap(stage => stage.primaryApprovers.map(approverOf)).filter(each => each !== undefined)
  return {
    approval: setting?.isApprovalRequired ?? false,
    approvers: [...new Map(approvers.map(each => [`${each.kind} ${each.id}`, each])).values()],
    commentNeeded: stages.some(stage => stage.isApproverJustificationRequired) || stages.length === 0,
  }
}

/** Graph's schema calls the id `userId` or `groupId`; tenants have been seen that call it `id`. */
function approverOf(unverified: unknown): Approver | undefined {
  const found = approverShape.safeParse(unverified).data
  const type = found?.['@odata.type'].split('.').at(-1)?.toLowerCase()
  const kind = type === 'groupmembers' || (!type && found?.groupId) ? 'group' : 'user'
  if (!found || (type && type !== 'groupmembers' && type !== 'singleuser')) return undefined
  const id = (kind === 'group' ? found.groupId : found.userId) ?? found.id
  return id ? { kind, id, ...(found.description && { description: found.description }) } : undefined
}
