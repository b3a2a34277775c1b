import { createHash, randomBytes } from 'node:crypto'
import type { Config } from '../../../../src/config/load.ts'
import type { Fact } from '../../../../src/setup/facts/fact.ts'
import { askOnce } from './ask-once.ts'
import { whyOf } from './house.ts'

/** Whether Entra sends a browser back to the redirect URI of the settings; 'unclear' where its answer says neither. */
export type RedirectSight = 'registered' | 'not-registered' | 'unclear'

/**
 * Asks Entra for a sign-in that nobody has begun (`prompt=none`). Entra says so at the redirect URI if that is registered,
 * and else on a page of its own. So no permission is needed.
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
export async function tryRedirect({ baseUrl, entra }: Pick<Config, 'baseUrl' | 'entra'>): Promise<Fact<RedirectSight>> {
  const { authority, tenantId, clientId } = entra
  const redirectUri = `${baseUrl}/auth/callback`
  const asked = new URL(`${authority}/${tenantId}/oauth2/v2.0/authorize`)
  asked.search = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    response_mode: 'query',
    redirect_uri: redirectUri,
    scope: 'openid',
    prompt: 'none',
    state: 'doctor',
    nonce: randomBytes(16).toString('base64url'),
    code_challenge: createHash('sha256').update(randomBytes(32)).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  try {
    const { status, headers, body } = await askOnce(asked.href, { headers: { accept: 'text/html' } })
    if (status >= 300 && status < 400)
      return { value: headers.location?.startsWith(`${redirectUri}?`) ? 'registered' : 'unclear' }
    return { value: /AADSTS50011|redirect_uri/.test(body) ? 'not-registered' : 'unclear' }
  } catch (error) {
    return { unseen: `${authority} does not answer: ${whyOf(error)}.`, remedy: 'Check again later.' }
  }
}
