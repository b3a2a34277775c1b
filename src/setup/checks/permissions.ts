import type { SetupCheck } from '../check.ts'
import { see } from '../facts/fact.ts'
import type { SetupFacts } from '../facts/facts.ts'
import { type Judged, right, wrong } from '../finding.ts'
import { listed } from '../judging.ts'
import { allowedPermissions, missingPermissions } from '../permissions.ts'

/** The application permissions of Graph that were granted, by name. One without a name here goes by its id. */
function grantedIn({ granted, graphApp }: SetupFacts): ReadonlySet<string> {
  const { id, appRoles } = see(graphApp)
  const ofGraph = see(granted).filter(({ resourceId }) => resourceId === id)
  return new Set(ofGraph.map(row => appRoles.find(role => role.id === row.appRoleId)?.value ?? row.appRoleId))
}

/** The delegated permissions of Graph that an administrator consented to for everybody. */
function consentedIn({ consents, graphApp }: SetupFacts): ReadonlySet<string> {
  const { id } = see(graphApp)
  const forAll = see(consents).filter(row => row.resourceId === id && row.consentType === 'AllPrincipals')
  return new Set(forAll.flatMap(({ scope }) => scope.split(' ').filter(Boolean)))
}

/** All that the application may do in somebody's name: what single people consented to counts for them. */
function consentedByAnybody({ consents, graphApp }: SetupFacts): readonly string[] {
  const { id } = see(graphApp)
  return see(consents).flatMap(({ scope, resourceId }) =>
    scope
      .split(' ')
      .filter(Boolean)
      .map(name => (resourceId === id ? name : `${name} of ${resourceId}`)),
  )
}

/** Application permissions of other resources than Graph, which no part needs. */
function grantedElsewhere({ granted, graphApp }: SetupFacts): readonly string[] {
  const { id } = see(graphApp)
  return see(granted).flatMap(({ resourceId, appRoleId }) =>
    resourceId === id ? [] : [`${appRoleId} of ${resourceId}`],
  )
}

/** Checks of what the application may do at Graph. */
export const permissionChecks: readonly SetupCheck[] = [
  {
    name: 'permissions-missing',
    why: 'A part that is on and lacks its application permission asks Graph in vain.',
    judge: (facts, { features }) =>
      judged(missingPermissions(features, 'application', grantedIn(facts)), {
        well: 'Every part that is on has its application permissions.',
        fix: 'Add them to the app registration as application permissions, and grant admin consent.',
      }),
  },
  {
    name: 'consent-missing',
    why: 'A person who needs a delegated permission that nobody consented to cannot do what it is for.',
    judge: (facts, { features }) =>
      judged(missingPermissions(features, 'delegated', consentedIn(facts)), {
        well: 'An administrator consented to every delegated permission that a part needs.',
        fix: 'Add them to the app registration as delegated permissions, and grant admin consent.',
      }),
  },
  {
    name: 'permissions-too-many',
    why: 'Whoever takes over the application can do everything that it may do.',
    judge(facts, { features }) {
      const extra = [
        ...[...grantedIn(facts)].filter(name => !allowedPermissions(features, 'application').has(name)),
        ...grantedElsewhere(facts),
        ...new Set(consentedByAnybody(facts).filter(name => !allowedPermissions(features, 'delegated').has(name))),
      ]
      if (extra.length === 0) return right('The application has no permission that no part needs.')
      return wrong(
        `No part that is on needs these permissions: ${listed(extra)}.`,
        'Remove them from the app registration, and revoke the consent under Permissions of the enterprise application.',
      )
    },
  },
]

function judged(missing: ReturnType<typeof missingPermissions>, { well, fix }: { well: string; fix: string }): Judged {
  if (missing.length === 0) return right(well)
  const parts = missing.map(({ part, permissions }) => `${part} (${permissions.join(', ')})`)
  return wrong(`Permissions are missing for ${parts.join('; ')}.`, fix)
}
