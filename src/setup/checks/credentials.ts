import type { SetupCheck } from '../check.ts'
import { see } from '../facts/fact.ts'
import { right, wrong } from '../finding.ts'

const dayMs = 24 * 3_600_000
const warnMs = 30 * dayMs
const excusedMs = 5 * 60_000

type Listed = readonly { startDateTime?: number | null | undefined; endDateTime: number | null }[]
const endsOf = (listed: Listed) => listed.map(({ endDateTime }) => endDateTime ?? Number.POSITIVE_INFINITY)
const live = (listed: Listed, now: Date) => endsOf(listed).filter(end => end > now.getTime())
/** One whose time has not come yet is refused like one that is over. A new one may be ahead of a clock that is behind. */
const inForce = (listed: Listed, now: Date) =>
  live(
    listed.filter(({ startDateTime }) => (startDateTime ?? 0) <= now.getTime() + excusedMs),
    now,
  )
const daysLeft = (end: number, now: Date) => Math.floor((end - now.getTime()) / dayMs)
/** The last to end counts: while a secret is being changed, the old one is still there. */
const endsSoon = (ends: readonly number[], now: Date) => {
  const last = Math.max(...ends)
  return ends.length > 0 && last - now.getTime() <= warnMs ? daysLeft(last, now) : undefined
}

/** Checks of the credentials of the application. */
export const credentialChecks: readonly SetupCheck[] = [
  {
    name: 'credential-present',
    why: 'The application redeems every sign-in with its own credential. Without one at Entra nobody gets in.',
    judge({ application, federated }, { credential }) {
      const { passwordCredentials, keyCredentials } = see(application)
      const many = { secret: passwordCredentials.length, certificate: keyCredentials.length, federated: see(federated) }
      if (many[credential] > 0) return right(`The registration has a credential of the kind in use: ${credential}.`)
      return wrong(
        `The application uses a ${named[credential]}, and the registration has none.`,
        `Add a ${named[credential]} under Certificates & secrets.`,
      )
    },
  },
  {
    name: 'secret-expired',
    why: 'With an expired secret no sign-in can be redeemed, and everybody stays outside.',
    judge({ application, now }, { credential }) {
      const { passwordCredentials } = see(application)
      if (credential !== 'secret') return right('The application uses no client secret.')
      if (passwordCredentials.length === 0 || inForce(passwordCredentials, now).length > 0)
        return right('Not every client secret is over.')
      return wrong(
        'Every client secret has expired or begins later.',
        'Make a new client secret, and put it into ENTRA_CLIENT_SECRET.',
      )
    },
  },
  {
    name: 'secret-expiring',
    why: 'When the last secret runs out, everybody stays outside.',
    judge({ application, now }, { credential }) {
      const { passwordCredentials } = see(application)
      if (credential !== 'secret') return right('The application uses no client secret.')
      const days = endsSoon(live(passwordCredentials, now), now)
      if (days === undefined) return right('No client secret runs out within 30 days without another one after it.')
      return wrong(
        `The last client secret runs out in ${days} days.`,
        'Make a new client secret, put it into ENTRA_CLIENT_SECRET beside the old one, then remove the old one.',
      )
    },
  },
  {
    name: 'many-secrets',
    why: 'Every secret in force can be used by whoever has it. More than two are more than a change of secrets needs.',
    judge({ application, now }) {
      const many = live(see(application).passwordCredentials, now).length
      if (many <= 2) return right('There are not more secrets in force than a change of secrets needs.')
      return wrong(
        `${many} client secrets are in force.`,
        'Remove those that nothing uses under Certificates & secrets.',
      )
    },
  },
  {
    name: 'certificate-expiring',
    why: 'With an expired certificate no sign-in can be redeemed, and everybody stays outside.',
    judge({ application, now }, { credential }) {
      const { keyCredentials } = see(application)
      if (credential !== 'certificate') return right('The application uses no certificate.')
      const days = endsSoon(endsOf(keyCredentials), now)
      if (days === undefined) return right('No certificate runs out within 30 days without another one after it.')
      return wrong(
        days < 0 ? 'Every certificate has expired.' : `The last certificate runs out in ${days} days.`,
        'Upload a new certificate to the app registration, and put it into ENTRA_CLIENT_CERTIFICATE.',
      )
    },
  },
]

const named = { secret: 'client secret', certificate: 'certificate', federated: 'federated credential' }
