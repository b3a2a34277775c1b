import type { ContextWish, TenantWish } from '../wish/tenant-wish.ts'
import type { DirectoryNames } from './directory-names.ts'
import { expression, literal, type Part } from './part.ts'

const phishingResistant = '00000000-0000-0000-0000-000000000004'

/** The authentication contexts, and for each a policy that only reports: enable it when its reports are right. */
export function conditionalAccess({ contexts, emergency }: TenantWish, names: DirectoryNames): Part {
  if (contexts.length === 0) return {}
  const excluded = {
    ...(emergency.group !== undefined && { excludeGroups: [names.group(emergency.group)] }),
    ...(emergency.users !== undefined && { excludeUsers: emergency.users.map(names.person) }),
  }
  const resources = contexts.flatMap(context => [
    [`context_${context.id}`, contextOf(context)],
    [`policy_${context.id}`, policyOf(context, excluded)],
  ])
  return { resource: { msgraph_resource: Object.fromEntries(resources) } }
}

const contextOf = ({ id, name }: ContextWish): object => ({
  url: 'identity/conditionalAccess/authenticationContextClassReferences',
  body: { id, displayName: literal(name), description: literal(name), isAvailable: true },
})

const policyOf = ({ id, policy, everyTime }: ContextWish, excluded: object): object => ({
  url: 'identity/conditionalAccess/policies',
  body: {
    displayName: literal(policy),
    state: 'enabledForReportingButNotEnforced',
    conditions: {
      clientAppTypes: ['all'],
      applications: {
        includeAuthenticationContextClassReferences: [expression(`msgraph_resource.context_${id}.body.id`)],
      },
      users: { includeUsers: ['All'], ...excluded },
    },
    grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: { id: phishingResistant } },
    ...(everyTime && {
      sessionControls: {
        signInFrequency: {
          isEnabled: true,
          frequencyInterval: 'everyTime',
          authenticationType: 'primaryAndSecondaryAuthentication',
        },
      },
    }),
  },
})
