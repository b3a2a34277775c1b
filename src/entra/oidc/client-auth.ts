import { readFile } from 'node:fs/promises'
import * as client from 'openid-client'
import type { Certificate } from '../../config/credential.ts'
import { Problem } from '../../errors.ts'
import type { Proof } from './credentials.ts'

/** How a request to the token endpoint proves that it is ours. */
export function clientAuthOf(proof: Proof): client.ClientAuth {
  if (proof.kind === 'secret') return client.ClientSecretPost(proof.secret.reveal())
  return proof.kind === 'certificate' ? signed(proof.certificate) : federated(proof.file)
}

const assertionSeconds = 300

/**
 * An assertion signed with the certificate's key. PS256, `x5t#S256` and the token endpoint as its audience is what Entra
 * documents; the client library would send neither of the last two.
 * Source: https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 */
function signed({ privateKey, thumbprint }: Certificate): client.ClientAuth {
  const key = privateKey.toCryptoKey({ name: 'RSA-PSS', hash: 'SHA-256' }, false, ['sign'])
  return (server, ...rest) =>
    client.PrivateKeyJwt(key, {
      [client.modifyAssertion](header, payload) {
        Object.assign(header, { typ: 'JWT', 'x5t#S256': thumbprint })
        Object.assign(payload, { aud: server.token_endpoint, exp: Number(payload.iat) + assertionSeconds })
      },
    })(server, ...rest)
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** The platform's own assertion, as it is in its file now: it is renewed there long before it runs out. */
const federated = (file: string): client.ClientAuth => {
  const auth = async (_server: unknown, { client_id }: client.ClientMetadata, body: URLSearchParams): Promise<void> => {
    const assertion = await readFile(file, 'utf8').catch(cause => {
      throw new Problem('sign-in-misconfigured', { cause })
    })
    body.set('client_id', client_id)
    body.set('client_assertion_type', assertionType)
    body.set('client_assertion', assertion.trim())
  }
  // The library waits for it, as it does for its own that sign.
  return auth as client.ClientAuth
}
