import * as client from 'openid-client'
import { NoAnswer } from '../outbound.ts'

/** Loads the metadata of one tenant. Throws NoAnswer when there is none, or when it is of another issuer or host. */
export async function loadMetadata({
  authority,
  issuer,
  clientId,
  options,
}: {
  authority: string
  issuer: string
  clientId: string
  options: client.DiscoveryRequestOptions
}): Promise<client.ServerMetadata> {
  const found = await client.discovery(new URL(issuer), clientId, {}, client.None(), options).catch(cause => {
    throw new NoAnswer('no metadata', { cause })
  })
  assertPinned(found.serverMetadata(), { issuer, authority })
  return found.serverMetadata()
}

/** openid-client lets the issuer of login.microsoftonline.com differ, and no library checks the hosts of the endpoints. */
function assertPinned(metadata: client.ServerMetadata, pinned: { issuer: string; authority: string }): void {
  if (metadata.issuer !== pinned.issuer) throw new NoAnswer('metadata of another issuer')
  const { authorization_endpoint, token_endpoint, jwks_uri, end_session_endpoint } = metadata
  for (const endpoint of [authorization_endpoint, token_endpoint, jwks_uri, end_session_endpoint ?? pinned.authority])
    if (!endpoint || !URL.canParse(endpoint) || new URL(endpoint).origin !== pinned.authority)
      throw new NoAnswer('metadata names another host')
}
