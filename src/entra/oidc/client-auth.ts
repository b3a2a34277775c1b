import { readFile } from 'node:fs/promises'
import * as client from 'openid-client'
import type { Certificate } from '../../config/credential.ts'
import { Problem } from '../../errors.ts'
import type { ClientProof } from './credentials.ts'

/**
 * How a request to the token endpoint carries a proof. A request throws Problem('sign-in-misconfigured') when the file of
 * a federated token cannot be read.
 */
export function clientAuthOf(proof: ClientProof): client.ClientAuth {
  if (proof.kind === 'secret') return client.ClientSecretPost(proof.secret.reveal())
  return proof.kind === 'certificate' ? signed(proof.certificate) : federated(proof.file)
}

const assertionSeconds = 300

/**
 * An assertion signed with the certificate's key. Entra documents PS256, `x5t#S256` and the token endpoint as the
 * audience; by itself the client library would send neither of the last two.
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

/** The platform's own assertion, read from its file at each request: the platform renews it there before it expires. */
const federated = (file: string): client.ClientAuth => {
  const auth = async (_server: unknown, { client_id }: client.ClientMetadata, body: URLSearchParams): Promise<void> => {
    const assertion = await readFile(file, 'utf8').catch(cause => {
      throw new Problem('sign-in-misconfigured', { cause })
    })
    body.set('client_id', client_id)
    body.set('client_assertion_type', assertionType)
    body.set('client_assertion', assertion.trim())
  }
  // The type says that nothing is returned, but the library awaits the promise, as it does for its own methods that sign.
  return auth as client.ClientAuth
}
