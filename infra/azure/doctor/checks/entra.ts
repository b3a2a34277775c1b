import { see } from '../../../../src/setup/facts/fact.ts'
import { right, untold, wrong } from '../../../../src/setup/finding.ts'
import type { DoctorCheck } from '../own-check.ts'
import type { CredentialTried } from '../sight/credential.ts'
import { listed } from './listed.ts'

const excusedMs = 30_000
const worthTellingMs = 5_000

/** Checks of the application's own way to Entra. */
export const entraChecks: readonly DoctorCheck[] = [
  {
    name: 'sign-in-with-credential',
    why: 'Without a credential that Entra takes, nobody can sign in.',
    judge(facts) {
      const tried = see(facts.credentials)
      const refused = tried.filter(each => each.refusedWith)
      if (refused.length > 0) return wrong(listed(refused.map(each => sentenceOf(each, tried.length))), fixOf(refused))
      if (tried.some(each => each.isSilent))
        return untold(
          'Entra did not answer a sign-in of the application itself.',
          'See whether this machine may reach Entra.',
        )
      return right(`Entra takes ${tried.length > 1 ? 'both client secrets' : called(tried[0]?.kind)}.`)
    },
  },
  {
    name: 'clock',
    why: 'A clock that differs by more than half a minute makes tokens and sessions count for nothing.',
    judge(facts) {
      const { aheadMs } = see(facts.metadata)
      if (aheadMs === undefined)
        return untold('Entra did not say what time it is.', 'Compare the clock with another one.')
      const seconds = Math.round(Math.abs(aheadMs) / 1000)
      const how = `The clock of this machine is ${seconds} seconds ${aheadMs > 0 ? 'ahead of' : 'behind'} that of Entra`
      if (Math.abs(aheadMs) > excusedMs) return wrong(`${how}.`, 'Set the clock with NTP.')
      if (Math.abs(aheadMs) > worthTellingMs) return right(`${how}; half a minute is excused.`)
      return right('The clock of this machine agrees with that of Entra.')
    },
  },
]

const called = (kind: CredentialTried['kind'] | undefined) =>
  ({ secret: 'the client secret', certificate: 'the certificate', federated: 'the token of the workload' })[
    kind ?? 'secret'
  ]

type Words = { what: string; fix: string }
const noCredential = 'See ENTRA_CLIENT_ID and ENTRA_TENANT_ID.'
/** Sources: https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const byNumber: Record<number, Words> = {
  7000222: { what: 'has expired', fix: 'Make a new client secret, and write both into ENTRA_CLIENT_SECRET.' },
  7000215: { what: 'is not one of the registration', fix: 'Take the Value of a client secret, not its Secret ID.' },
  700027: { what: 'is not one of the registration', fix: 'Upload the certificate to the app registration.' },
  700024: { what: 'is not valid at this time', fix: 'Set the clock with NTP.' },
  700211: {
    what: 'comes from an issuer that no federated credential names',
    fix: 'Add a federated credential with that issuer.',
  },
  700213: {
    what: 'is of a subject that no federated credential names',
    fix: 'Add a federated credential with that subject.',
  },
  700212: {
    what: 'is for an audience that no federated credential names',
    fix: 'Ask the platform for a token for api://AzureADTokenExchange.',
  },
  70021: { what: 'fits no federated credential', fix: 'Add a federated credential with its issuer and subject.' },
  700016: { what: 'was shown for a registration that this tenant does not have', fix: noCredential },
  90002: { what: 'was shown to a tenant that does not exist', fix: noCredential },
  7000112: {
    what: 'is of an application that is switched off',
    fix: 'Let the enterprise application sign people in again.',
  },
}

const wordsOf = ({ refusedWith = [] }: CredentialTried): Words | undefined =>
  refusedWith.map(number => byNumber[number]).find(words => words !== undefined)

function sentenceOf(tried: CredentialTried, many: number): string {
  const which = many > 1 ? `The client secret in place ${tried.position}` : capital(called(tried.kind))
  const numbers = (tried.refusedWith ?? []).map(number => `AADSTS${number}`).join(', ')
  return `${which} ${wordsOf(tried)?.what ?? 'was refused by Entra'}${numbers && ` (${numbers})`}.`
}

const fixOf = (refused: readonly CredentialTried[]): string =>
  [
    ...new Set(
      refused.map(each => wordsOf(each)?.fix ?? 'Look the number up at https://login.microsoftonline.com/error.'),
    ),
  ].join(' ')

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
