import * as client from 'openid-client'
import { type Clock, clockToleranceMs } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import { createOutbound } from '../outbound.ts'
import { clientAuthOf } from './client-auth.ts'
import type { ClientProof, Credentials } from './credentials.ts'
import { secretRefusalOf } from './errors.ts'
import { loadMetadata } from './metadata.ts'

/** The time limit of one call, in seconds. */
const timeout = 5

/**
 * The configuration that openid-client needs: Entra's metadata, loaded at first need and pinned to this tenant, our clock,
 * and the proof that we are the application.
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
    // Without this extension the code flow checks no signature at all.
    client.enableNonRepudiationChecks,
    ...(authority.startsWith('http:') ? [client.allowInsecureRequests] : []),
  ]
  let loaded: { configuration: client.Configuration; skew: number; proof: ClientProof | undefined } | undefined
  let loading: Promise<client.ServerMetadata> | undefined

  /** With a proof, the configuration can ask for tokens. Without one, it knows Entra's addresses. */
  async function configuration(proof?: ClientProof): Promise<client.Configuration> {
    if (!loaded) {
      // One discovery runs at a time, and its metadata is kept once it has succeeded.
      loading ??= discover().finally(() => {
        loading = undefined
      })
      loaded = configured(await loading, { proof })
    }
    // The library reads the system's clock, with a skew that is fixed at construction. Tests hold our clock in hand.
    const isSame = loaded.skew === skewOf(clock) && (proof === undefined || loaded.proof === proof)
    if (!isSame) loaded = configured(loaded.configuration.serverMetadata(), { proof, before: loaded.configuration })
    return loaded.configuration
  }

  const discover = () =>
    loadMetadata({
      authority,
      issuer,
      clientId,
      options: { timeout, [client.customFetch]: outbound, execute: extensions },
    })

  function configured(
    metadata: client.ServerMetadata,
    { proof, before }: { proof: ClientProof | undefined; before?: client.Configuration },
  ) {
    const skew = skewOf(clock)
    // The algorithm is pinned here, so that the provider's metadata does not choose it.
    const pins = {
      id_token_signed_response_alg: 'RS256',
      [client.clockTolerance]: clockToleranceMs / 1000,
      [client.clockSkew]: skew,
    }
    const auth = proof ? clientAuthOf(proof) : client.None()
    const made = new client.Configuration(metadata, clientId, pins, auth)
    made.timeout = timeout
    made[client.customFetch] = outbound
    for (const extension of extensions) extension(made)
    const keys = before && client.getJwksCache(before)
    if (keys) client.setJwksCache(made, keys)
    return { configuration: made, skew, proof }
  }

  return {
    issuer,
    /** The configuration of the last call; undefined before Entra's metadata was loaded. */
    known: (): client.Configuration | undefined => loaded?.configuration,
    /** A configuration that is enough to send somebody to Entra. Throws NoAnswer. */
    open: (): Promise<client.Configuration> => configuration(),
    /** Asks for tokens, and once more with the other client secret if Entra refuses the first. */
    granted: <T>(work: (configuration: client.Configuration) => Promise<T>): Promise<T> =>
      credentials.proving(async proof => work(await configuration(proof)), secretRefusalOf),
  }
}

/** How far our clock is ahead of the system's, in seconds. */
const skewOf = (clock: Clock) => Math.round((clock().getTime() - Date.now()) / 1000)

/** The library does not read the body of an answer that has this header, but the body is what says what went wrong. */
const withoutChallenge =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (...asked) => {
    const response = await fetch(...asked)
    response.headers.delete('www-authenticate')
    return response
  }
