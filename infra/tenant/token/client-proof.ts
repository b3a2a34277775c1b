import type { KeyObject } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, errors, type JWTVerifyOptions, jwtVerify } from 'jose'
import { paths } from '../metadata.ts'
import type { TenantState } from '../state.ts'
import type { Federation } from './credentials.ts'

/** The verdict on the app's credential: not ours to judge, good, or refused with this AADSTS number. */
export type Judgement = 'not-ours' | 'good' | number

/**
 * Judges a credential that oidc-provider does not know: a second or expired secret, or an assertion that is signed with a
 * registered certificate or by an issuer that the app trusts.
 */
export async function judged(state: TenantState, form: URLSearchParams): Promise<Judgement> {
  const assertion = form.get('client_assertion')
  if (assertion !== null) return assertionJudged(state, { assertion, form })
  const secret = state.credentials.secrets.find(({ value }) => value === form.get('client_secret'))
  if (secret) return secret.until <= state.clock() ? 7000222 : 'good'
  // The secret that oidc-provider knows may have been removed meanwhile.
  return form.get('client_secret') === state.registration.clientSecret ? 7000215 : 'not-ours'
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

async function assertionJudged(
  state: TenantState,
  { assertion, form }: { assertion: string; form: URLSearchParams },
): Promise<Judgement> {
  if (form.get('client_assertion_type') !== assertionType || form.get('client_secret') !== null) return 900144
  if (form.get('client_id') !== state.registration.clientId) return 700016
  try {
    const { iss } = decodeJwt(assertion)
    return await (iss === state.registration.clientId ? signedJudged : federatedJudged)(state, assertion)
  } catch {
    return 50013
  }
}

const algorithms = ['PS256', 'RS256']

async function signedJudged(state: TenantState, assertion: string): Promise<Judgement> {
  const header = decodeProtectedHeader(assertion) as { 'x5t#S256'?: unknown }
  const registered = state.credentials.certificates.find(({ thumbprint }) => thumbprint === header['x5t#S256'])
  if (!registered) return 700027
  const { clientId } = state.registration
  if (new Date(registered.certificate.validTo) <= state.clock()) return 700027
  const expected = { subject: clientId, audience: state.origin + paths.token, requiredClaims: ['jti', 'nbf', 'exp'] }
  return verified(state, { assertion, key: registered.certificate.publicKey, expected })
}

async function federatedJudged(state: TenantState, assertion: string): Promise<Judgement> {
  const { iss, sub, aud } = decodeJwt(assertion)
  const ofIssuer = state.credentials.federations.filter(({ issuer }) => issuer === iss)
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
