import { z } from 'zod'
import { minutesOf } from './iso-duration.ts'

/** How somebody has access: they may turn it on when needed, or it is on. */
export const accessKinds = ['eligible', 'active'] as const
export type AccessKind = (typeof accessKinds)[number]

/** The demands of a policy on an administrator who gives access. Without `longestMinutes` no end is needed. */
export type GivingRule = { longestMinutes?: number; reason: boolean; ticket: boolean; mfa: boolean }
export type GivingRules = Record<AccessKind, GivingRule>

const levels = { eligible: 'eligibility', active: 'assignment' } as const
const defaults = {
  eligible: { maximumDuration: 'P365D', enabledRules: [] },
  active: { maximumDuration: 'P180D', enabledRules: ['Justification'] },
} as const

const namedShape = z.object({ id: z.string() })
const expirationShape = z.object({
  maximumDuration: z.string().catch(''),
  isExpirationRequired: z.boolean().catch(true),
})
const enablementShape = z.object({
  enabledRules: z.array(z.unknown()).transform(items => items.filter(item => typeof item === 'string')),
})

/**
 * Reads the rules of a policy for administrators, of each kind of access. A rule that is missing or cannot be read counts
 * as PIM's default. If that is wrong, Graph refuses the request, and the administrator is told.
 * Source: https://learn.microsoft.com/graph/identity-governance-pim-rules-overview
 */
export function givingRulesOf(unverified: readonly unknown[]): GivingRules {
  const [eligible, active] = accessKinds.map(kind => ruleOf(unverified, kind)) as [GivingRule, GivingRule]
  return { eligible, active }
}

/** The rules that count where a policy may not be read. */
export const defaultGivingRules: GivingRules = givingRulesOf([])

function ruleOf(unverified: readonly unknown[], kind: AccessKind): GivingRule {
  const rule = (name: string) =>
    unverified.find(each => namedShape.safeParse(each).data?.id.toLowerCase() === `${name}_admin_${levels[kind]}`)
  const enabled = enablementShape.safeParse(rule('enablement')).data?.enabledRules ?? defaults[kind].enabledRules
  const asked = new Set(enabled.map(name => name.toLowerCase()))
  const expiration = expirationShape.safeParse(rule('expiration')).data
  const longestMinutes =
    minutesOf(expiration?.maximumDuration ?? '') || (minutesOf(defaults[kind].maximumDuration) as number)
  return {
    ...(expiration?.isExpirationRequired !== false && { longestMinutes }),
    reason: asked.has('justification'),
    ticket: asked.has('ticketing'),
    mfa: asked.has('multifactorauthentication'),
  }
}
