import type { Clock } from '../../../../src/clock.ts'
import type { Credential } from '../../../../src/config/credential.ts'
import type { Config } from '../../../../src/config/load.ts'
import { createCredentials } from '../../../../src/entra/oidc/credentials.ts'
import { createOidc } from '../../../../src/entra/oidc/oidc.ts'
import { isProblem } from '../../../../src/errors.ts'
import { errorFields } from '../../../../src/observability.ts'

/** How a sign-in of the application itself ended, with one of its credentials. `position` is its place in the setting. */
export type CredentialTried = {
  kind: Credential['kind']
  position: number
  /** The token for Graph that came of it. */
  token?: string
  /** The AADSTS numbers of a refusal. */
  refusedWith?: readonly number[]
  /** Entra did not answer. */
  isSilent?: boolean
}

/** Signs the application in with each of its credentials, by itself. Never rejects. */
export const tryCredentials = (config: Config, clock: Clock): Promise<CredentialTried[]> =>
  Promise.all(
    eachOf(config.entra.credential).map((credential, index) => tryOne({ config, clock, credential }, index + 1)),
  )

const eachOf = (credential: Credential): Credential[] =>
  credential.kind === 'secret'
    ? credential.secrets.map(secret => ({ kind: 'secret', secrets: [secret] }))
    : [credential]

type Trying = { config: Config; clock: Clock; credential: Credential }

async function tryOne({ config, clock, credential }: Trying, position: number): Promise<CredentialTried> {
  const { kind } = credential
  const oidc = createOidc({ config, clock, credentials: createCredentials(credential) })
  try {
    const { token } = await oidc.graphToken(new URL(config.graph.baseUrl).origin)
    return { kind, position, token }
  } catch (thrown) {
    if (isProblem(thrown, 'entra-unreachable')) return { kind, position, isSilent: true }
    return { kind, position, refusedWith: numbersIn(errorFields(thrown)) }
  }
}

/** The AADSTS numbers, wherever they stand in an error and its causes. */
function numbersIn(fields: Record<string, unknown>): readonly number[] {
  const { entra, cause } = fields as { entra?: { aadsts?: readonly number[] }; cause?: Record<string, unknown> }
  return entra?.aadsts ?? (cause ? numbersIn(cause) : [])
}
