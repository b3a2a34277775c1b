import { see } from '../../../../src/setup/facts/fact.ts'
import { right, untold, wrong } from '../../../../src/setup/finding.ts'
import type { DoctorCheck } from '../own-check.ts'
import type { NamedObject } from '../wish-in-tenant.ts'
import { listed } from './listed.ts'

/** Checks of what tenant.json says, against the tenant and the settings. */
export const tenantFileChecks: readonly DoctorCheck[] = [
  {
    name: 'named-objects',
    why: 'What tenant.json names has to be in the tenant, once.',
    judge({ wish, named }) {
      if (!wish || !named) return right('No tenant.json was given, so the settings alone say what is expected.')
      const all: [string, NamedObject][] = [
        [`registration ${wish.name}`, named.registration],
        ...[...named.groups].map(([name, found]): [string, NamedObject] => [`group ${name}`, found]),
        ...[...named.people].map(([name, found]): [string, NamedObject] => [`person ${name}`, found]),
      ]
      const those = (why: 'absent' | 'several' | 'unseen') =>
        all.filter(([, found]) => 'none' in found && found.none === why).map(([name]) => name)
      const faults = [
        ...those('absent').map(name => `There is no ${name}.`),
        ...those('several').map(name => `There is more than one ${name}.`),
      ]
      if (faults.length > 0)
        return wrong(
          listed(faults),
          'Make what is missing with npm run setup -- apply; name what is there twice by its id.',
        )
      const unseen = those('unseen')
      if (unseen.length > 0)
        return untold(
          `Microsoft does not show the ${unseen.join(', the ')}.`,
          'Grant the permission Directory.Read.All.',
        )
      return right('Everything that tenant.json names is in the tenant, once.')
    },
  },
  {
    name: 'settings-features',
    why: 'A part that is on without what it needs fails where people meet it.',
    judge(facts) {
      const config = see(facts.config)
      const isOn = {
        MEMBERSHIP_ROSTER: config.membership.roster,
        GRAPH_NOTIFICATIONS: config.graph.notifications,
        PIM_SELF_SERVICE: config.pim.selfService,
        ADMIN_GROUP_ID: config.gates.some(({ name }) => name === 'administrators'),
      }
      const faults = [
        ...contradictions(isOn, facts.wish?.features),
        ...(isOn.PIM_SELF_SERVICE && facts.wish?.frontDoor === 'strict'
          ? ['PIM_SELF_SERVICE is on, and at a strict front door nobody without access can sign in to turn it on.']
          : []),
        ...(isOn.GRAPH_NOTIFICATIONS && config.baseUrl.startsWith('http:') && !config.graph.baseUrl.startsWith('http:')
          ? [`GRAPH_NOTIFICATIONS is on, and Graph cannot reach ${config.baseUrl}.`]
          : []),
      ]
      if (faults.length > 0)
        return wrong(listed(faults), 'Let the settings and tenant.json say the same, then npm run setup -- apply.')
      const on = Object.entries(isOn).flatMap(([name, is]) => (is ? [name] : []))
      return right(on.length > 0 ? `On are ${on.join(', ')}, and they fit.` : 'No part that needs permissions is on.')
    },
  },
]

type Features = { roster: boolean; notifications: boolean; selfService: boolean; administration: boolean }
const settingOf = {
  roster: 'MEMBERSHIP_ROSTER',
  notifications: 'GRAPH_NOTIFICATIONS',
  selfService: 'PIM_SELF_SERVICE',
  administration: 'ADMIN_GROUP_ID',
} as const

/** What is on in the settings and not wished for, or the other way round. */
const contradictions = (isOn: Record<string, boolean>, wished: Features | undefined): string[] =>
  Object.entries(settingOf).flatMap(([feature, setting]) => {
    if (!wished || wished[feature as keyof Features] === isOn[setting]) return []
    return isOn[setting]
      ? [`${setting} is on in the settings, and tenant.json has ${feature} off.`]
      : [`${setting} is off in the settings, and tenant.json has ${feature} on.`]
  })
