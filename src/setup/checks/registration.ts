import type { SetupCheck } from '../check.ts'
import { isMissing, see } from '../facts/fact.ts'
import { right, wrong } from '../finding.ts'
import { listed } from '../judging.ts'

/** Checks of the app registration. */
export const registrationChecks: readonly SetupCheck[] = [
  {
    name: 'application-exists',
    why: 'Without its registration nobody can sign in to the application.',
    judge({ application }, { clientId }) {
      if (isMissing(application))
        return wrong(
          `There is no app registration with the client id ${clientId}.`,
          'Correct ENTRA_CLIENT_ID, or register the application.',
        )
      see(application)
      return right('The application is registered.')
    },
  },
  {
    name: 'tenant-id',
    why: 'People sign in at the tenant of the settings, and the application is registered at one.',
    judge({ enterpriseApp }, { tenantId }) {
      const home = see(enterpriseApp).appOwnerOrganizationId
      if (home === tenantId) return right('The application is registered at the tenant of the settings.')
      return wrong(
        `The application is registered at the tenant ${home ?? 'of nobody'}, not at ${tenantId}.`,
        'Correct ENTRA_TENANT_ID, or register the application at the tenant of the settings.',
      )
    },
  },
  {
    name: 'single-tenant',
    why: 'A registration for other tenants takes accounts that this organisation does not administer.',
    judge({ application }) {
      const { signInAudience } = see(application)
      if (signInAudience === 'AzureADMyOrg') return right('Only accounts of this tenant can sign in.')
      return wrong(
        `The registration takes accounts of others, too: signInAudience is ${listed([signInAudience])}.`,
        'Set the supported account types of the app registration to this organisation only (AzureADMyOrg).',
      )
    },
  },
  {
    name: 'redirect-uris',
    why: 'Entra sends people back to registered addresses only, letter by letter.',
    judge({ application }, { baseUrl }) {
      const { redirectUris } = see(application).web
      const missing = [`${baseUrl}/auth/callback`, `${baseUrl}/auth/signed-out`].filter(
        uri => !redirectUris.includes(uri),
      )
      if (missing.length === 0) return right('The addresses of sign-in and sign-out are registered.')
      return wrong(
        `Not registered as redirect URI of the platform Web: ${missing.join(', ')}.`,
        'Add them to the redirect URIs of the platform Web of the app registration.',
      )
    },
  },
  {
    name: 'redirect-uris-safe',
    why: 'Entra sends codes of sign-ins to every registered address. Whoever can read one of them can try to use a code.',
    judge({ application }) {
      const unsafe = see(application).web.redirectUris.filter(uri => !isSafe(uri))
      if (unsafe.length === 0) return right('Every redirect URI is an exact address over TLS, or of the own machine.')
      return wrong(
        `These redirect URIs are not exact addresses over TLS: ${listed(unsafe)}.`,
        'Remove them from the app registration.',
      )
    },
  },
  {
    name: 'logout-url',
    why: 'Without it a sign-out at Microsoft leaves the session here open until its end.',
    judge({ application }, { baseUrl }) {
      const { logoutUrl } = see(application).web
      const wanted = `${baseUrl}/auth/front-channel-logout`
      if (logoutUrl === wanted) return right('A sign-out at Microsoft ends the session here.')
      return wrong(
        logoutUrl ? `The front-channel logout URL is ${listed([logoutUrl])}.` : 'There is no front-channel logout URL.',
        `Set the front-channel logout URL of the app registration to ${wanted}.`,
      )
    },
  },
  {
    name: 'implicit-grant-off',
    why: 'With the implicit grant tokens travel in addresses, where browsers keep them and scripts read them.',
    judge({ application }) {
      const { implicitGrantSettings: given } = see(application).web
      const on = [
        ...(given?.enableIdTokenIssuance ? ['ID tokens'] : []),
        ...(given?.enableAccessTokenIssuance ? ['access tokens'] : []),
      ]
      if (on.length === 0) return right('No token is given in an address.')
      return wrong(
        `The registration lets Entra give ${on.join(' and ')} in an address.`,
        'Turn off both under Authentication, Implicit grant and hybrid flows.',
      )
    },
  },
  {
    name: 'public-client-off',
    why: 'The application proves itself with a credential. A public client or a page in the browser could use its client id without one.',
    judge({ application }) {
      const { spa, publicClient, isFallbackPublicClient } = see(application)
      const addresses = [...(spa?.redirectUris ?? []), ...(publicClient?.redirectUris ?? [])]
      if (addresses.length === 0 && !isFallbackPublicClient)
        return right('Only a client with a credential is registered.')
      return wrong(
        addresses.length > 0
          ? `There are redirect URIs for clients without a credential: ${listed(addresses)}.`
          : 'The registration allows public client flows.',
        'Remove the platforms for single-page and mobile applications, and set "Allow public client flows" to no.',
      )
    },
  },
]

const loopback = ['localhost', '127.0.0.1', '[::1]']
function isSafe(uri: string): boolean {
  const url = URL.parse(uri)
  if (!url || uri.includes('*')) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.includes(url.hostname))
}
