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
]
