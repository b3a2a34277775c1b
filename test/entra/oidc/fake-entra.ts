import { generateKeyPairSync } from 'node:crypto'
import { exportJWK, SignJWT } from 'jose'
import { loadConfig } from '../../../src/config/load.ts'
import { good } from '../../config/good.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const tenantId = good.ENTRA_TENANT_ID
export const start = Date.parse('2026-03-02T12:00:00Z')

/** Somebody whom this Entra signs in, as the application knows them. */
export const zoe = {
  tenantId,
  objectId: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
  subject: 'qW3rTz',
  name: 'Zoe',
  username: 'zoe@contoso.example',
}

/** What this Entra does otherwise than usual; a test changes it at any time. */
type Odd = {
  /** Changes of the token endpoint's reply, of the ID token in it and of how that is signed. */
  reply?: Record<string, unknown>
  claims?: Record<string, unknown>
  alg?: 'RS256' | 'PS256'
  /** The token endpoint refuses with this. */
  refusal?: { body: Record<string, unknown>; headers?: Record<string, string> }
  metadata?: Record<string, unknown>
  isAway?: boolean
}

/**
 * An Entra in memory: the `fetch` by which the application reaches its metadata, its keys and its token endpoint. Its tokens
 * go by `clock`, which a test moves. `asked` has the path of each call, `forms` what the token endpoint was asked.
 */
export function openFakeEntra({ authority = 'https://login.example', settings = {} } = {}) {
  const asked: string[] = []
  const forms: Record<string, string>[] = []
  const odd: Odd = {}
  let now = start
  const loaded = loadConfig({ ...good, ...settings })
  const config = { ...loaded, entra: { ...loaded.entra, authority } }
  const at = `${authority}/${tenantId}`
  const issuer = `${at}/v2.0`
  const addresses = {
    authorize: `${at}/oauth2/v2.0/authorize`,
    token: `${at}/oauth2/v2.0/token`,
    keys: `${at}/discovery/v2.0/keys`,
    logout: `${at}/oauth2/v2.0/logout`,
  }
  const metadata = () => ({
    issuer,
    authorization_endpoint: addresses.authorize,
    token_endpoint: addresses.token,
    jwks_uri: addresses.keys,
    end_session_endpoint: addresses.logout,
    ...odd.metadata,
  })

  function idToken(): Promise<string> {
    const seconds = Math.floor(now / 1000)
    const alg = odd.alg ?? 'RS256'
    const claims = {
      iss: issuer,
      aud: config.entra.clientId,
      tid: tenantId,
      oid: zoe.objectId,
      sub: zoe.subject,
      name: zoe.name,
      preferred_username: zoe.username,
      iat: seconds,
      exp: seconds + 3600,
      ...odd.claims,
    }
    return new SignJWT(claims).setProtectedHeader({ alg, kid: 'key' }).sign(privateKey)
  }

  async function tokenReply(form: Record<string, string>): Promise<Response> {
    forms.push(form)
    if (odd.refusal) return Response.json(odd.refusal.body, { status: 400, headers: odd.refusal.headers ?? {} })
    const tokens = { access_token: 'the-access-token', token_type: 'Bearer', expires_in: 3600 }
    const ofPerson = form.grant_type !== 'client_credentials' && {
      refresh_token: 'a-new-refresh-token',
      id_token: await idToken(),
    }
    return Response.json({ ...tokens, ...ofPerson, ...odd.reply })
  }

  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = String(input)
    asked.push(new URL(url).pathname.split('/').at(-1) ?? '')
    if (odd.isAway) throw new TypeError('fetch failed')
    if (url === addresses.token) return tokenReply(Object.fromEntries(new URLSearchParams(String(init?.body))))
    if (url === addresses.keys) {
      const key = { ...(await exportJWK(publicKey)), kid: 'key', use: 'sig' }
      return Response.json({ keys: [key] })
    }
    return Response.json(metadata())
  }

  return {
    config,
    fetch,
    addresses,
    issuer,
    odd,
    asked,
    forms,
    clock: () => new Date(now),
    pass: (ms: number): void => {
      now += ms
    },
  }
}
