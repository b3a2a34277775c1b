import type { SetupCheck } from '../check.ts'
import { see } from '../facts/fact.ts'
import { right, untold, wrong } from '../finding.ts'

const fix =
  'Get Microsoft Entra ID P2 or Microsoft Entra ID Governance for everybody who can turn on access, approves or administers.'

/** Checks of the licences. */
export const licenceChecks: readonly SetupCheck[] = [
  {
    name: 'licence',
    why: 'PIM for groups takes Microsoft Entra ID P2 or Governance. Without it nobody can turn on access.',
    judge({ plans, gates }) {
      const isRefused = gates.some(each =>
        [each.active, each.eligible, each.policy].some(
          fact => 'refusal' in fact && fact.refusal === 'AadPremiumLicenseRequired',
        ),
      )
      if (isRefused) return wrong('PIM refuses to answer without a licence.', fix)
      const fitting = see(plans).filter(({ name }) => /^AAD_PREMIUM_P2$|GOVERNANCE/i.test(name))
      if (fitting.some(({ status }) => ['enabled', 'warning'].includes(status)))
        return right('The tenant has a licence for PIM.')
      if (fitting.length > 0) return wrong(`The licence for PIM is no longer in force: ${fitting[0]?.status}.`, fix)
      return untold('No licence with a known name for PIM was found.', 'Look under Licenses in the Entra admin center.')
    },
  },
]
