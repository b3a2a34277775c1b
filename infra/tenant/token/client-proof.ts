import type { KeyObject } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, errors, type JWTVerifyOptions, jwtVerify } from 'jose'
import { paths } from '../metadata.ts'
import { clientRefusal, provenSecret } from '../sign-in/clients.ts'
import type { TenantState } from '../state.ts'
import { type Credentials, createCredentials, type Federation } from './credentials.ts'

/** The verdict on the app's credential: not ours to judge, good, or refused with this AADSTS number. */
export type Judgement = 'not-ours' | 'good' | number

/**
 * Judges a credential that oidc-provider does not know: a second or expired secret, or an assertion that is signed with a
 * registered certificate or by an issuer that the app trusts.
 */
export async function judged(state: TenantState, form: URLSearchParams): Promise<Judgement> {
  const refusal = clientRefusal(state, form.get('client_id') ?? '')
  if (form.has('client_id') && refusal) return refusal
  const credentials = credentialsOf(state, form)
  const assertion = form.get('client_assertion')
  if (assertion !== null) return assertionJudged(state, { assertion, form, credentials })
  const secret = credentials.secrets.find(({ value }) => value === form.get('client_secret'))
  if (secret) return secret.until <= state.clock() ? 7000222 : 'good'
  // What oidc-provider takes for a secret is nobody's.
  return form.get('client_secret') === provenSecret ? 7000215 : 'not-ours'
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

async function assertionJudged(
  state: TenantState,
  { assertion, form, credentials }: { assertion: string; form: URLSearchParams; credentials: Credentials },
): Promise<Judgement> {
  if (form.get('client_assertion_type') !== assertionType || form.get('client_secret') !== null) return 900144
  const clientId = form.get('client_id')
  if (clientId === null) return 700016
  try {
    const { iss } = decodeJwt(assertion)
    const known = { assertion, clientId, credentials }
    return await (iss === clientId ? signedJudged : federatedJudged)(state, known)
  } catch {
    return 50013
  }
}

type Known = { assertion: string; clientId: string; credentials: Credentials }

const credentialsOf = ({ applications, clock }: TenantState, form: URLSearchParams): Credentials =>
  createCredentials({ applications, clock, clientId: form.get('client_id') ?? '' })

const algorithms = ['PS256', 'RS256']

async function signedJudged(state: TenantState, { assertion, clientId, credentials }: Known): Promise<Judgement> {
  const header = decodeProtectedHeader(assertion) as { 'x5t#S256'?: unknown }
  const registered = credentials.certificates.find(({ thumbprint }) => thumbprint === header['x5t#S256'])
  if (!registered) return 700027
  if (new Date(registered.certificate.validTo) <= state.clock()) return 700027
  const expected = { subject: clientId, audience: state.origin + paths.token, requiredClaims: ['jti', 'nbf', 'exp'] }
  return verified(state, { assertion, key: registered.certificate.publicKey, expected })
}

async function federatedJudged(state: TenantState, { assertion, credentials }: Known): Promise<Judgement> {
  const { iss, sub, aud } = decodeJwt(assertion)
  const ofIssuer = credentials.federations.filter(({ issuer }) => issuer === iss)
  if (ofIssuer.length === 0) return 700211
  // Kubernetes writes the audience of its tokens as a list.
  const isFor = ({ subject, audience }: Federation) => subject === sub && [aud].flat().includes(audience)
  const trusted = ofIssuer.find(isFor)
  return trusted ? verified(state, { assertion, key: trusted.publicKey, expected: { requiredClaims: ['exp'] } }) : 70021
}

type Wish = { assertion: string; key: KeyObject; expected: JWTVerifyOptions }

const toleranceSeconds = 300

async function verified({ clock }: TenantState, { assertion, key, expected }: Wish): Promise<Judgement> {
  try {
    await jwtVerify(assertion, key, {
      ...expected,
      algorithms,
      currentDate: clock(),
      clockTolerance: toleranceSeconds,
    })
    return 'good'
  } catch (error) {
    return refusalOf(error)
  }
}

function refusalOf(error: unknown): number {
  if (error instanceof errors.JWTExpired) return 500133
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') return 50012
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim === 'nbf' ? 500133 : 50013
  return 700027
}
