import { cloudHosts } from '../clouds.ts'
import { graphAppId } from '../permissions/graph-permissions.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'
import { conditionalAccess } from './conditional-access.ts'
import { consent } from './consent.ts'
import { createDirectoryNames } from './directory-names.ts'
import { enterpriseApplication } from './enterprise-application.ts'
import { groups } from './groups.ts'
import { merged, type Part } from './part.ts'
import { registration } from './registration.ts'

const about = [
  'Parsed, never planned: nobody has run this against a tenant. `npm run setup -- apply` is what is tested.',
  'It covers groups, their PIM rules and assignments, the registration, the enterprise application, its assignments and admin consent;',
  'and, through the generic provider of Microsoft Graph, authentication contexts and Conditional Access policies.',
  'It does not cover: a client secret, which would lie in the state as it is; whether an administrator who makes somebody eligible must give a reason;',
  'anything that exists already, which has to be imported first.',
  'The generic provider has open faults: creating an authentication context fails in some releases, so read back what it did.',
].join(' ')

/** The wish as the configuration of Terraform, to be written as `.tf.json`. */
export function terraformOf(wish: TenantWish): object {
  const names = createDirectoryNames()
  // The groups come first: only then is it known which of them are made here.
  const parts = [
    groups(wish, names),
    registration(wish, names),
    enterpriseApplication(wish, names),
    consent(wish),
    conditionalAccess(wish, names),
  ]
  return { '//': about, ...frame(wish), ...merged([graph, ...parts, names.found()]) }
}

const graph: Part = {
  resource: { azuread_service_principal: { graph: { client_id: graphAppId, use_existing: true } } },
}

const frame = ({ tenant, cloud }: TenantWish) => ({
  terraform: {
    required_providers: {
      azuread: { source: 'hashicorp/azuread', version: '~> 3.9' },
      msgraph: { source: 'microsoft/msgraph', version: '~> 0.3' },
    },
  },
  provider: {
    azuread: { tenant_id: tenant, environment: environments[cloud] },
    msgraph: { tenant_id: tenant, msgraph_endpoint: cloudHosts[cloud].graph },
  },
})

/** Clouds as the provider calls them. */
const environments: Record<TenantWish['cloud'], string> = {
  global: 'global',
  'us-gcc-high': 'usgovernmentl4',
  'us-dod': 'usgovernmentl5',
  china: 'china',
}
