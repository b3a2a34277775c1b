import type { Config } from '../../../../src/config/load.ts'
import { isLoopback } from '../../../../src/config/loopback.ts'
import { expectedFrom } from '../../../../src/setup/expected.ts'
import { see } from '../../../../src/setup/facts/fact.ts'
import { right, wrong } from '../../../../src/setup/finding.ts'
import { missingPermissions } from '../../../../src/setup/permissions.ts'
import type { TenantWish } from '../../wish/tenant-wish.ts'
import type { DoctorCheck, DoctorFacts } from '../own-check.ts'
import { rolesInToken } from '../sight/token-roles.ts'
import { isTold } from './is-told.ts'
import { listed } from './listed.ts'

/** Checks of the parts that the settings switch on. */
export const featureChecks: readonly DoctorCheck[] = [
  {
    name: 'settings-features',
    why: 'A part that is on without what it needs fails where people meet it.',
    judge(facts) {
      const config = see(facts.config)
      const isOn = partsOf(config)
      const faults = [
        ...(facts.wish ? contradictions(isOn, facts.wish) : []),
        ...unreachable(config),
        ...missingIn(config, facts),
      ]
      if (faults.length > 0)
        return wrong(
          listed(faults),
          'Let the settings and the tenant agree: npm run setup -- apply, or change the setting.',
        )
      const on = Object.values(isOn).flatMap(({ setting, is }) => (is ? [setting] : []))
      return right(on.length > 0 ? `On are ${on.join(', ')}, and they fit.` : 'No part that needs permissions is on.')
    },
  },
]

type Part = { setting: string; is: boolean }
type Parts = Record<'roster' | 'notifications' | 'selfService' | 'administration', Part>

const partsOf = ({ membership, graph, pim, gates }: Config): Parts => ({
  roster: { setting: 'MEMBERSHIP_ROSTER', is: membership.roster },
  notifications: { setting: 'GRAPH_NOTIFICATIONS', is: graph.notifications },
  selfService: { setting: 'PIM_SELF_SERVICE', is: pim.selfService },
  administration: { setting: 'ADMIN_GROUP_ID', is: gates.some(({ name }) => name === 'administrators') },
})

/** What is on in the settings and not wished for, or the other way round, or on at the wrong front door. */
function contradictions(parts: Parts, { features, frontDoor }: TenantWish): string[] {
  const differing = (Object.keys(parts) as (keyof Parts)[]).flatMap(feature => {
    const { setting, is } = parts[feature]
    if (features[feature] === is) return []
    return [`${setting} is ${is ? 'on' : 'off'} in the settings, and tenant.json has ${feature} ${is ? 'off' : 'on'}.`]
  })
  const isShut = frontDoor === 'strict' && parts.selfService.is
  return isShut
    ? [
        ...differing,
        'PIM_SELF_SERVICE is on, and at a strict front door nobody without access can sign in to turn it on.',
      ]
    : differing
}

/** Graph calls from outside. The local tenant is on this machine. */
const unreachable = ({ graph, baseUrl }: Config): string[] =>
  graph.notifications && isLoopback(baseUrl) && !isLoopback(graph.baseUrl)
    ? [`GRAPH_NOTIFICATIONS is on, and Graph cannot reach ${baseUrl}.`]
    : []

/** What the application's own token lacks, where the tenant itself does not show it. */
function missingIn(config: Config, facts: DoctorFacts): string[] {
  const token = 'value' in facts.credentials ? facts.credentials.value.find(each => each.token)?.token : undefined
  const roles = token === undefined ? undefined : rolesInToken(token)
  if (!roles || isTold(facts, 'consent-missing')) return []
  return missingPermissions(expectedFrom(config).features, 'application', roles).map(
    ({ part, permissions }) => `For ${part} the application lacks ${permissions.join(', ')}.`,
  )
}
