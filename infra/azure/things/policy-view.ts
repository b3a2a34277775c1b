import type { ConditionalAccessPolicy, ConditionalAccessPolicyState } from '@microsoft/microsoft-graph-types'
import type { Known } from '../model/known.ts'
import { nameOf } from './named.ts'
import { isPhishingResistant, phishingResistant } from './strength.ts'

/** A Conditional Access policy, as far as tenant.json speaks about it. */
export type PolicyView = {
  state: 'report-only' | 'enabled' | 'disabled'
  contexts: string[]
  people: string[]
  excludedGroups: string[]
  excludedUsers: string[]
  strength: string
  everyTime: boolean
}

const states: Record<ConditionalAccessPolicyState, PolicyView['state']> = {
  enabled: 'enabled',
  disabled: 'disabled',
  enabledForReportingButNotEnforced: 'report-only',
}
/** The state, as Graph calls it. */
export const graphState = (state: PolicyView['state']): ConditionalAccessPolicyState =>
  (Object.keys(states) as ConditionalAccessPolicyState[]).find(each => states[each] === state) ?? 'disabled'

/** A policy with names in place of ids. */
export function viewOf(
  { state, conditions, grantControls, sessionControls }: ConditionalAccessPolicy,
  known: Known,
): PolicyView {
  const users = conditions?.users
  const frequency = sessionControls?.signInFrequency
  return {
    state: states[state ?? 'disabled'],
    contexts: conditions?.applications?.includeAuthenticationContextClassReferences ?? [],
    people: users?.includeUsers ?? [],
    excludedGroups: (users?.excludeGroups ?? []).map(id => nameOf(known.groups, id)),
    excludedUsers: (users?.excludeUsers ?? []).map(id => nameOf(known.people, id)),
    strength: [strengthOf(grantControls?.authenticationStrength), ...insteadOf(grantControls)].join(' or '),
    everyTime: frequency?.isEnabled === true && frequency.frequencyInterval === 'everyTime',
  }
}

/** What lets people pass in place of the strength: with it, the strength proves nothing. */
function insteadOf(controls: ConditionalAccessPolicy['grantControls']): string[] {
  if (!controls?.authenticationStrength || controls.operator !== 'OR') return []
  const { builtInControls = [], termsOfUse = [], customAuthenticationFactors = [] } = controls
  return [...builtInControls, ...termsOfUse, ...customAuthenticationFactors]
}

/** Conditions under which the policy does not count, in Graph's own words. This program makes none, and removes none. */
export function narrowedBy({ conditions }: ConditionalAccessPolicy): string[] {
  const { applications, users, clientAppTypes, authenticationFlows: _flows, ...others } = conditions ?? {}
  const isSaid = (value: unknown) =>
    value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)
  const said = (of: object | null | undefined, ...names: string[]) =>
    Object.entries(of ?? {}).flatMap(([name, value]) => (names.includes(name) && isSaid(value) ? [name] : []))
  return [
    ...((clientAppTypes ?? []).includes('all') ? [] : said({ clientAppTypes }, 'clientAppTypes')),
    ...said(users, 'excludeRoles', 'excludeGuestsOrExternalUsers'),
    ...said(applications, 'applicationFilter'),
    ...said(others, ...Object.keys(others).filter(name => !name.startsWith('@'))),
  ]
}

/** One that resists phishing by its own combinations is as good as the built-in one. */
function strengthOf(strength: NonNullable<ConditionalAccessPolicy['grantControls']>['authenticationStrength']): string {
  if (!strength) return 'none'
  const isGood = strength.id === phishingResistant.id || isPhishingResistant(strength)
  return isGood ? phishingResistant.name : (strength.displayName ?? strength.id ?? 'unknown')
}
