import { isLoopback } from '../../../../src/config/loopback.ts'
import { see } from '../../../../src/setup/facts/fact.ts'
import { right, untold, wrong } from '../../../../src/setup/finding.ts'
import type { DoctorCheck, DoctorFacts } from '../own-check.ts'
import type { ShownCertificate } from '../sight/ask-once.ts'
import { listed } from './listed.ts'
import { cookieFaults, headerFaults } from './shown.ts'

/** Checks of the application at its address, as a browser finds it. */
export const baseUrlChecks: readonly DoctorCheck[] = [
  {
    name: 'base-url-reachable',
    why: 'People and Entra use this address, and no other.',
    judge(facts) {
      const { baseUrl } = see(facts.expected)
      const { home } = see(facts.house)
      // While only tenant.json is there, the application may not run yet.
      if (!('value' in home) && facts.given.kind === 'good' && 'unseen' in home) return wrong(home.unseen, home.remedy)
      const { status, headers } = see(home)
      if (status === 302 && headers.location?.startsWith('/auth/sign-in'))
        return right(`${baseUrl} leads to the sign-in.`)
      return wrong(
        `${baseUrl} answers with ${status}, and not with the way to the sign-in.`,
        'See whether another program answers there, and what the proxy changes (docs/operate.md).',
      )
    },
  },
  {
    name: 'base-url-sign-in',
    why: 'The application that answers has to be the one of these settings.',
    judge(facts) {
      const expected = see(facts.expected)
      const { status, headers } = see(see(facts.house).signIn)
      const to = URL.parse(headers.location ?? '')
      if (status !== 302 || !to)
        return wrong(`The sign-in answers with ${status}, and leads nowhere.`, 'See the log of the application.')
      const seen = {
        'the place of sign-in': [to.origin, authorityIn(facts)],
        'the tenant': [to.pathname.split('/')[1], expected.tenantId],
        'the client': [to.searchParams.get('client_id'), clientIn(facts)],
        'the redirect URI': [to.searchParams.get('redirect_uri'), `${expected.baseUrl}/auth/callback`],
      }
      const faults = Object.entries(seen).filter(
        ([, [found, wanted]]) => wanted !== undefined && found?.toLowerCase() !== wanted?.toLowerCase(),
      )
      if (faults.length > 0)
        return wrong(
          listed(faults.map(([what, [found]]) => `The sign-in names ${found} as ${what}.`)),
          'Start the application with these settings.',
        )
      return right(`The sign-in leads to ${to.host}, for this tenant and this client.`)
    },
  },
  {
    name: 'base-url-certificate',
    why: 'Browsers and Entra’s hidden sign-out refuse a certificate that does not hold.',
    judge(facts) {
      const { baseUrl } = see(facts.expected)
      if (baseUrl.startsWith('http:')) return right('This machine needs no certificate for itself.')
      const { certificate } = see(see(facts.house).home)
      if (!certificate) return untold('No certificate was seen.', 'Check again.')
      if (certificate.fault)
        return wrong(
          `The certificate does not hold: ${wordsOf(certificate.fault)}.`,
          'Give the proxy a certificate for this name, with its whole chain.',
        )
      const end = certificate.until.toISOString().slice(0, 10)
      if (endsSoon(certificate, nowOf(facts)))
        return wrong(`The certificate ends on ${end}.`, 'Renew it, and see why that did not happen by itself.')
      return right(`The certificate holds until ${end}.`)
    },
  },
  {
    name: 'base-url-ready',
    why: 'A replica that waits for Redis or Entra serves nobody.',
    judge(facts) {
      const { status, body } = see(see(facts.house).ready)
      const waiting = [...body.matchAll(/"(redis|entra|draining)"/g)].map(([, name]) => name)
      if (status === 200 && waiting.length === 0 && body.includes('"ready"')) return right('The application is ready.')
      if (waiting.length > 0)
        return wrong(`The application waits for ${waiting.join(' and ')}.`, 'See its log, and docs/operate.md.')
      return untold(`/health/ready is not shown outside (${status}).`, 'Ask a replica itself.')
    },
  },
  {
    name: 'base-url-headers',
    why: 'These headers keep scripts, frames and other sites out of the pages.',
    judge(facts) {
      const { baseUrl } = see(facts.expected)
      const faults = headerFaults(see(see(facts.house).home).headers, { isTls: baseUrl.startsWith('https:') })
      if (faults.length === 0) return right('The headers arrive as the application sends them.')
      return wrong(listed(faults), 'Let the proxy pass the headers of the application on, and add none of its own.')
    },
  },
  {
    name: 'base-url-cookie',
    why: 'A cookie without these attributes can be read by scripts or set by other hosts.',
    judge(facts) {
      const { baseUrl } = see(facts.expected)
      const { cookies } = see(see(facts.house).signIn)
      const ours = cookies.filter(cookie => /^(__Host-)?gatehouse\b/.test(cookie))
      if (ours.length === 0) return wrong('No cookie of the application arrives.', 'Let the proxy pass Set-Cookie on.')
      const faults = ours.flatMap(cookie => cookieFaults(cookie, { isTls: baseUrl.startsWith('https:') }))
      if (faults.length === 0) return right('The cookie arrives as the application sets it.')
      return wrong(listed(faults), 'Let the proxy leave Set-Cookie as it is.')
    },
  },
  {
    name: 'base-url-host',
    why: 'No page may be shown under a name that somebody else has pointed here.',
    judge(facts) {
      const { status, headers } = see(see(facts.house).elsewhere)
      const { home } = see(facts.house)
      const isOurs = (status === 302 && headers.location === see(home).headers.location) || status === 200
      if (isOurs)
        return wrong(
          'The application answers under the name of another host.',
          'Let the proxy pass Host on as the browser sent it (nginx: proxy_set_header Host $host).',
        )
      return right(`Another host is refused (${status}).`)
    },
  },
]

/** The client id that somebody gave, or that tenant.json leads to; undefined where nobody could look it up. */
function clientIn({ config, named }: DoctorFacts): string | undefined {
  if ('value' in config) return config.value.entra.clientId
  return named && 'id' in named.registration ? named.registration.id : undefined
}

/** Where people sign in. Undefined where only a tenant on this machine is named, because that one goes by several names. */
function authorityIn({ config, place }: DoctorFacts): string | undefined {
  if ('value' in config) return new URL(config.value.entra.authority).origin
  return place && !isLoopback(place.authority) ? new URL(place.authority).origin : undefined
}

const nowOf = ({ now }: DoctorFacts) => now.getTime()
const dayMs = 86_400_000

/** Within two weeks, or in the last tenth of a short life. */
function endsSoon({ from, until }: ShownCertificate, now: number): boolean {
  const lifeMs = until.getTime() - from.getTime()
  return until.getTime() - now < Math.min(14 * dayMs, lifeMs / 10)
}

const words: Record<string, string> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'nobody but itself vouches for it',
  SELF_SIGNED_CERT_IN_CHAIN: 'an authority that this machine does not know vouches for it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'a certificate between it and its authority is missing',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'a certificate between it and its authority is missing',
}
const wordsOf = (fault: string) => words[fault] ?? fault
