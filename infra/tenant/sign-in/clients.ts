import { randomBytes } from 'node:crypto'
import type { AdapterPayload } from 'oidc-provider'
import type { Applications } from '../directory/applications.ts'

/**
 * The secret of every app as oidc-provider knows it. It is nobody's: an app proves its identity before, and oidc-provider
 * is shown this secret once that has succeeded.
 */
export const provenSecret = randomBytes(32).toString('base64url')

/** Why an app may not ask for anything (AADSTS); undefined when it may. An app needs to stand in this tenant, too. */
export function clientRefusal({ applications }: { applications: Applications }, appId: string): number | undefined {
  const principal = applications.principal(appId)
  if (!principal || !applications.registered(appId)) return 700016
  return principal.accountEnabled ? undefined : 7000112
}

/** An app as oidc-provider reads it, looked up anew for each request. */
export function clientWith(
  { applications }: { applications: Applications },
  appId: string,
): AdapterPayload | undefined {
  if (!applications.registered(appId) || !applications.principal(appId)) return undefined
  return {
    client_id: appId,
    client_secret: provenSecret,
    // Not these but the registration is asked. There are two, so that an app must say which one it means.
    redirect_uris: ['https://one.invalid/', 'https://two.invalid/'],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
  }
}

/** The redirect addresses of an app, for sign-in and for the way back from sign-out. */
export const redirectUrisOf = ({ applications }: { applications: Applications }, appId: string): readonly string[] =>
  applications.registered(appId)?.web.redirectUris ?? []
