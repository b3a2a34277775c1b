import type {
  ConditionalAccessConditionSet,
  ConditionalAccessGrantControls,
  ConditionalAccessPolicy,
  SignInFrequencySessionControl,
} from '@microsoft/microsoft-graph-types'
import type { Known } from '../model/known.ts'
import type { ContextWish } from '../wish/tenant-wish.ts'
import { isObjectId } from './named.ts'
import { graphState, type PolicyView, viewOf } from './policy-view.ts'
import { phishingResistant } from './strength.ts'

const everyTime: SignInFrequencySessionControl = {
  isEnabled: true,
  frequencyInterval: 'everyTime',
  authenticationType: 'primaryAndSecondaryAuthentication',
}

/** A new policy, in report-only. */
export function creationOf({
  context,
  view,
  known,
}: {
  context: ContextWish
  view: PolicyView
  known: Known
}): ConditionalAccessPolicy {
  return {
    displayName: context.policy,
    state: 'enabledForReportingButNotEnforced',
    conditions: {
      clientAppTypes: ['all'],
      applications: { includeAuthenticationContextClassReferences: view.contexts },
      users: { includeUsers: view.people, ...exclusions(view, known) },
    },
    grantControls: grantControls(),
    ...(view.everyTime && { sessionControls: { signInFrequency: everyTime } }),
  }
}

/** What has to change in a policy, and nothing else. */
export function changeOf(
  found: ConditionalAccessPolicy,
  { wanted, known }: { wanted: PolicyView; known: Known },
): ConditionalAccessPolicy {
  const now = viewOf(found, known)
  const differs = (...fields: (keyof PolicyView)[]) =>
    fields.some(field => JSON.stringify(now[field]) !== JSON.stringify(wanted[field]))
  return {
    ...(differs('contexts', 'people', 'excludedGroups', 'excludedUsers') && {
      conditions: conditions(found, wanted, known),
    }),
    ...(differs('strength') && { grantControls: grantControls(found.grantControls) }),
    ...(differs('everyTime') && { sessionControls: { ...found.sessionControls, signInFrequency: everyTime } }),
    ...(differs('state') && { state: graphState(wanted.state) }),
  }
}

/** Both blocks whole, because their lists are replaced. */
function conditions(
  { conditions: found }: ConditionalAccessPolicy,
  wanted: PolicyView,
  known: Known,
): ConditionalAccessConditionSet {
  return {
    applications: { ...found?.applications, includeAuthenticationContextClassReferences: wanted.contexts },
    users: { ...found?.users, includeUsers: wanted.people, ...exclusions(wanted, known) },
  } as ConditionalAccessConditionSet
}

const exclusions = ({ excludedGroups, excludedUsers }: PolicyView, known: Known) => ({
  excludeGroups: excludedGroups.map(name => idIn(known.groups, name)),
  excludeUsers: excludedUsers.map(name => idIn(known.people, name)),
})

/** Whoever tenant.json does not name stands in a view by their id, or by a word of Graph such as `GuestsOrExternalUsers`. */
const idIn = (names: ReadonlyMap<string, string>, name: string): string =>
  isObjectId(name) ? name : (names.get(name) ?? name)

/** Other demands stay beside the strength, but for `mfa`, which Graph does not take together with it, and which is less. */
function grantControls(found?: ConditionalAccessPolicy['grantControls']): ConditionalAccessGrantControls {
  const builtInControls = found?.builtInControls?.filter(control => control !== 'mfa') ?? []
  const { termsOfUse = [], customAuthenticationFactors = [] } = found ?? {}
  const isAlone = builtInControls.length + termsOfUse.length + customAuthenticationFactors.length === 0
  return {
    operator: isAlone ? 'OR' : 'AND',
    builtInControls,
    ...(termsOfUse.length > 0 && { termsOfUse }),
    ...(customAuthenticationFactors.length > 0 && { customAuthenticationFactors }),
    authenticationStrength: { id: phishingResistant.id },
  }
}
