import * as client from 'openid-client'
import { type Clock, clockToleranceMs } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import { createOutbound, NoAnswer } from '../outbound.ts'
import { clientAuthOf } from './client-auth.ts'
import type { Credentials, Proof } from './credentials.ts'
import { secretRefusalOf } from './errors.ts'

/** One call's limit, in seconds. */
const callLimit = 5

/**
 * What openid-client must know of our tenant and of us: Entra's metadata, loaded at first need and pinned to this tenant,
 * the clock, and the proof that we are the application.
 */
export function createConnection({
  config,
  clock,
  credentials,
  fetch,
}: {
  config: Pick<Config, 'entra'>
  clock: Clock
  credentials: Credentials
  fetch: typeof globalThis.fetch
}) {
  const { authority, tenantId, clientId } = config.entra
  const issuer = `${authority}/${tenantId}/v2.0`
  const outbound = withoutChallenge(createOutbound(fetch)) as client.CustomFetch
  const extensions = [
    // Without this the code flow checks no signature at all.
    client.enableNonRepudiationChecks,
    ...(authority.startsWith('http:') ? [client.allowInsecureRequests] : []),
  ]
  let loaded: { configuration: client.Configuration; skew: number; proof: Proof | undefined } | undefined
  let loading: Promise<client.ServerMetadata> | undefined

  /** With a proof it can ask for tokens; without one it knows Entra's addresses. */
  async function configuration(proof?: Proof): Promise<client.Configuration> {
    if (!loaded) {
      // One discovery at a time; kept once it has succeeded.
      loading ??= discover().finally(() => {
        loading = undefined
      })
      loaded = configured(await loading, { proof })
    }
    // The library reads the system's clock, fixed at construction; ours may be another (in tests it is held in hand).
    const isSame = loaded.skew === skewOf(clock) && (proof === undefined || loaded.proof === proof)
    if (!isSame) loaded = configured(loaded.configuration.serverMetadata(), { proof, before: loaded.configuration })
    return loaded.configuration
  }

  /** Asks for tokens, with the other client secret where one is refused. */
  const granted = <T>(work: (configuration: client.Configuration) => Promise<T>): Promise<T> =>
    credentials.proving(async proof => work(await configuration(proof)), secretRefusalOf)

  async function discover(): Promise<client.ServerMetadata> {
    const options = { timeout: callLimit, [client.customFetch]: outbound, execute: extensions }
    const found = await client.discovery(new URL(issuer), clientId, {}, client.None(), options).catch(cause => {
      throw new NoAnswer('no metadata', { cause })
    })
    assertPinned(found.serverMetadata(), { issuer, authority })
    return found.serverMetadata()
  }

  function configured(
    metadata: client.ServerMetadata,
    { proof, before }: { proof: Proof | undefined; before?: client.Configuration },
  ) {
    const skew = skewOf(clock)
    // The algorithm is pinned here: the provider's metadata does not choose it.
    const pins = {
      id_token_signed_response_alg: 'RS256',
      [client.clockTolerance]: clockToleranceMs / 1000,
      [client.clockSkew]: skew,
    }
    const auth = proof ? clientAuthOf(proof) : client.None()
    const configuration = new client.Configuration(metadata, clientId, pins, auth)
    configuration.timeout = callLimit
    configuration[client.customFetch] = outbound
    for (const extension of extensions) extension(configuration)
    const keys = before && client.getJwksCache(before)
    if (keys) client.setJwksCache(configuration, keys)
    return { configuration, skew, proof }
  }

  return {
    issuer,
    /** What is known of Entra; undefined before its metadata was loaded. */
    known: (): client.Configuration | undefined => loaded?.configuration,
    /** Enough to send somebody to Entra. */
    open: (): Promise<client.Configuration> => configuration(),
    granted,
  }
}

const skewOf = (clock: Clock) => Math.round((clock().getTime() - Date.now()) / 1000)

/** openid-client lets the issuer of login.microsoftonline.com differ, and no library checks the endpoints' hosts. */
function assertPinned(metadata: client.ServerMetadata, pinned: { issuer: string; authority: string }) {
  if (metadata.issuer !== pinned.issuer) throw new NoAnswer('metadata of another issuer')
  const { authorization_endpoint, token_endpoint, jwks_uri, end_session_endpoint } = metadata
  for (const endpoint of [authorization_endpoint, token_endpoint, jwks_uri, end_session_endpoint ?? pinned.authority])
    if (!endpoint || !URL.canParse(endpoint) || new URL(endpoint).origin !== pinned.authority)
      throw new NoAnswer('metadata names another host')
}

/** The library does not read the body of an answer that has such a header beside it, and the body says what it is about. */
const withoutChallenge =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (...asked) => {
    const response = await fetch(...asked)
    response.headers.delete('www-authenticate')
    return response
  }
