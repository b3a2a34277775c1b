import type { SetupCheck } from '../check.ts'
import { see } from '../facts/fact.ts'
import { right, wrong } from '../finding.ts'

/** Checks of the app registration. */
export const registrationChecks: readonly SetupCheck[] = [
  {
    name: 'single-tenant',
    why: 'A registration for other tenants lets accounts ask for tokens that are not of this organisation.',
    judge({ application }) {
      const { signInAudience } = see(application)
      if (signInAudience === 'AzureADMyOrg') return right('Only accounts of this tenant can sign in.')
      return wrong(
        `The registration takes accounts of others: signInAudience is ${signInAudience ?? 'unset'}.`,
        'Set the supported account types of the app registration to this organisation only (AzureADMyOrg).',
      )
    },
  },
]
