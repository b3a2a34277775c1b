import { isLoopback } from '../../../../src/config/loopback.ts'
import { see } from '../../../../src/setup/facts/fact.ts'
import { right, untold, wrong } from '../../../../src/setup/finding.ts'
import type { DoctorCheck, DoctorFacts } from '../own-check.ts'
import { cloudNamed } from '../places.ts'
import { isTold } from './is-told.ts'
import { listed } from './listed.ts'

/** Checks of the settings by themselves, and against Entra and tenant.json. */
export const settingsChecks: readonly DoctorCheck[] = [
  {
    name: 'settings-valid',
    why: 'With wrong settings the application does not start.',
    judge({ given }) {
      if (given.kind === 'none') return untold('No settings were given.', 'Give them with --env-file .env.')
      if (given.kind === 'faulty')
        return wrong(
          `The settings from ${given.from} are at fault. ${listed(given.faults)}`,
          'Mend each setting named.',
        )
      if (given.doubts.length > 0)
        return wrong(
          `The settings can be used, but they are doubtful. ${listed(given.doubts)}`,
          'Mend each setting named.',
        )
      return right(`The settings from ${given.from} are good.`)
    },
  },
  {
    name: 'settings-ids',
    why: 'With the id of another tenant, registration or group nobody signs in, or the wrong people do.',
    judge(facts) {
      see(facts.config)
      const faults = [
        ...faultsOfTenant(facts),
        ...faultsOfRegistration(facts),
        ...faultsOfGroups(facts),
        ...unknownGates(facts),
      ]
      if (faults.length > 0) return wrong(listed(faults), 'Take the ids that npm run setup -- env prints.')
      const { named, metadata } = facts
      if (named && 'id' in named.registration)
        return right('The tenant, the registration and the groups of the settings are those of tenant.json.')
      see(metadata)
      return right('Entra knows the tenant that the settings name.')
    },
  },
  {
    name: 'settings-cloud',
    why: 'Sign-in and Graph of two clouds do not know each other.',
    judge(facts) {
      const { entra, graph, cloud } = see(facts.config)
      if (isLoopback(entra.authority)) return right(`The settings are for a local tenant, ${entra.authority}.`)
      const wished = facts.wish && cloudNamed[facts.wish.cloud].title
      if (wished !== undefined && wished !== cloud.title)
        return wrong(
          `The settings are for the cloud ${cloud.title}, and tenant.json is for ${wished}.`,
          'Set ENTRA_AUTHORITY and GRAPH_BASE_URL to the cloud of the tenant (docs/settings.md).',
        )
      const { graphHost } = see(facts.metadata)
      if (graphHost !== undefined && graphHost !== new URL(graph.baseUrl).hostname)
        return wrong(
          `Entra says that the Graph of this tenant is ${graphHost}, and GRAPH_BASE_URL is ${graph.baseUrl}.`,
          `Set GRAPH_BASE_URL=https://${graphHost}/v1.0, and ENTRA_AUTHORITY to the sign-in host of that cloud.`,
        )
      return right(`Sign-in and Graph belong together: ${cloud.title}.`)
    },
  },
  {
    name: 'settings-redirect',
    why: 'Entra sends people back to registered addresses only.',
    judge(facts) {
      const { baseUrl } = see(facts.config)
      const uri = `${baseUrl}/auth/callback`
      if (facts.wish && facts.wish.baseUrl !== baseUrl)
        return wrong(
          `BASE_URL is ${baseUrl}, and tenant.json says ${facts.wish.baseUrl}.`,
          'Give both the address by which people reach the application, then npm run setup -- apply.',
        )
      if (isTold(facts, 'redirect-uris')) return right('BASE_URL is the address that redirect-uris looks for.')
      const seen = see(facts.redirect)
      if (seen === 'registered') return right(`Entra sends people back to ${uri}.`)
      if (seen === 'unclear')
        return untold(
          `Entra does not say whether it sends people back to ${uri}.`,
          'Grant Application.Read.All, or sign in once.',
        )
      return wrong(
        `Entra does not send people back to ${uri}.`,
        'Register this redirect URI (npm run setup -- apply), or correct BASE_URL.',
      )
    },
  },
]

function faultsOfTenant({ config, metadata, wish }: DoctorFacts): string[] {
  const { tenantId } = see(config).entra
  const isUnknown = 'value' in metadata && !metadata.value.isThere
  return [
    ...(isUnknown ? [`Entra knows no tenant ${tenantId} (ENTRA_TENANT_ID).`] : []),
    ...(wish && wish.tenant !== tenantId
      ? [`ENTRA_TENANT_ID is ${tenantId}, and tenant.json says ${wish.tenant}.`]
      : []),
  ]
}

function faultsOfRegistration({ config, named, wish }: DoctorFacts): string[] {
  const { clientId } = see(config).entra
  const registration = named?.registration
  if (!registration || !('id' in registration) || registration.id === clientId) return []
  return [`ENTRA_CLIENT_ID is ${clientId}, and the registration ${wish?.name} is ${registration.id}.`]
}

/** A gate that tenant.json does not know is not looked at in the tenant. */
function unknownGates({ config, wish }: DoctorFacts): string[] {
  if (!wish) return []
  return see(config).gates.flatMap(({ name }) =>
    wish.gates.some(gate => gate.name === name) ? [] : [`tenant.json knows no gate ${name}, and the settings do.`],
  )
}

function faultsOfGroups({ config, named, wish }: DoctorFacts): string[] {
  const { gates } = see(config)
  return (wish?.gates ?? []).flatMap(({ name, group, context, role }) => {
    const set = gates.find(gate => gate.name === name)
    if (!set) return [`The settings know no gate ${name}, and tenant.json does.`]
    if (set.context !== context)
      return [
        `The gate ${name} asks for ${set.context ?? 'no context'} in the settings, and tenant.json has ${context ?? 'none'}.`,
      ]
    if (set.role !== role)
      return [
        `The gate ${name} opens by ${set.role ?? 'its group'} in the settings, and by ${role ?? 'its group'} in tenant.json.`,
      ]
    const found = named?.groups.get(group)
    if (!found || !('id' in found) || !set.groupId || set.groupId === found.id) return []
    return [`The group of the gate ${name} is ${set.groupId} in the settings, and ${found.id} in the tenant.`]
  })
}
