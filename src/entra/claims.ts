import { z } from 'zod'
import { clockToleranceMs } from '../clock.ts'
import { Problem } from '../errors.ts'

/** A person, as Entra identifies them. The tenant id and the object id are decisive; names are for display only. */
export const identityShape = z.object({
  tenantId: z.guid(),
  objectId: z.guid(),
  /** Pairwise for this application. It stays the same when tokens are refreshed. */
  subject: z.string().min(1),
  name: z.string(),
  username: z.string(),
  /** The id of Entra's own session, for single sign-out. */
  sid: z.string().optional(),
  /** Opaque. It names this account to Entra at sign-in and sign-out. */
  loginHint: z.string().optional(),
})
export type Identity = z.infer<typeof identityShape>

/** The groups that a token names. `overage`: the person has more groups than a token can hold, so the token names none. */
export type Groups = readonly string[] | 'overage'

const toleranceSeconds = clockToleranceMs / 1000
/** A token is made when its code is redeemed, but Entra puts `iat` five minutes into the past. Twice that is too old. */
const oldestIssueSeconds = 10 * 60
/** Entra's longest configurable life of an ID token is a day. */
const longestLifeSeconds = 25 * 3600

const words = (most: number) =>
  z
    .string()
    .catch('')
    .transform(value => value.replace(/\p{Cc}/gu, '').slice(0, most))
const hint = z.string().min(1).max(2048).optional().catch(undefined)
const guidClaim = z.guid().transform(value => value.toLowerCase())
const epochSeconds = z.int().positive().max(253_402_300_799)
const claimsShape = z.object({
  iss: z.string(),
  aud: z.string(),
  azp: z.string().optional(),
  sub: z.string().min(1).max(255),
  tid: guidClaim,
  oid: guidClaim,
  iat: epochSeconds,
  nbf: epochSeconds.optional(),
  exp: epochSeconds,
  name: words(200),
  preferred_username: words(200),
  sid: guidClaim.optional().catch(undefined),
  login_hint: hint,
})
type Claims = z.infer<typeof claimsShape>

/** The claims that a token must have. `now` is our clock. */
export type Expected = { issuer: string; clientId: string; tenantId: string; now: Date }

/**
 * Reads an ID token. The client library has checked its signature, nonce and audience already. This checks every
 * identifying claim again, and the ones that the library leaves open: `azp`, `tid`, `oid`, an empty `sub`, absurd times.
 *
 * Throws Problem('sign-in-not-proven') when a claim is missing, of the wrong type or not ours.
 * Source: https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
 */
export function readIdToken(
  unverifiedClaims: unknown,
  expected: Expected,
): { identity: Identity; groups: Groups; roles: readonly string[]; contexts: readonly string[] } {
  const { data: claims, error } = claimsShape.safeParse(unverifiedClaims)
  if (!claims) throw new Problem('sign-in-not-proven', { cause: new ClaimError(String(error.issues[0]?.path[0])) })
  const wrong = wrongClaim(claims, expected)
  if (wrong) throw new Problem('sign-in-not-proven', { cause: new ClaimError(wrong) })
  return {
    identity: identityOf(claims),
    groups: readGroups(unverifiedClaims as Record<string, unknown>),
    roles: textsIn((unverifiedClaims as Record<string, unknown>).roles),
    contexts: textsIn((unverifiedClaims as Record<string, unknown>).acrs),
  }
}

/** The ids that identify a person. Names and addresses may change, and may be given to other people. */
export type PersonKey = Pick<Identity, 'tenantId' | 'objectId' | 'subject'>
/** Whether both are the same person: the same tenant, object and subject. */
export const isSamePerson = (one: PersonKey, other: PersonKey): boolean =>
  one.tenantId === other.tenantId && one.objectId === other.objectId && one.subject === other.subject

/**
 * Asserts that a refresh has not changed who the person is, which the client library does not compare.
 * Throws Problem('other-person').
 */
export function assertSamePerson(before: Identity, after: Identity): void {
  for (const name of ['tenantId', 'objectId', 'subject'] as const)
    if (before[name] !== after[name]) throw new Problem('other-person', { cause: new ClaimError(name) })
}

/**
 * Asserts that a token names no other tenant than the identity's. A token without a tenant passes: `readIdToken` refuses
 * it. Throws Problem('other-person').
 */
export function assertSameTenant({ tenantId }: Identity, unverifiedTenant: unknown): void {
  if (typeof unverifiedTenant === 'string' && unverifiedTenant.toLowerCase() !== tenantId)
    throw new Problem('other-person', { cause: new ClaimError('tenantId') })
}

/** Its code names the wrong claim, for the log. */
export class ClaimError extends Error {
  override name = 'ClaimError'
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

function wrongClaim(claims: Claims, { issuer, clientId, tenantId, now }: Expected): string | undefined {
  const seconds = now.getTime() / 1000
  if (claims.iss !== issuer) return 'iss'
  if (claims.aud !== clientId) return 'aud'
  if (claims.azp !== undefined && claims.azp !== clientId) return 'azp'
  if (claims.tid !== tenantId) return 'tid'
  if (claims.iat > seconds + toleranceSeconds || claims.iat < seconds - oldestIssueSeconds) return 'iat'
  if (claims.nbf !== undefined && claims.nbf > seconds + toleranceSeconds) return 'nbf'
  if (claims.exp <= seconds - toleranceSeconds || claims.exp > seconds + longestLifeSeconds) return 'exp'
  return undefined
}

const identityOf = (claims: Claims): Identity => ({
  tenantId: claims.tid,
  objectId: claims.oid,
  subject: claims.sub,
  name: claims.name || claims.preferred_username || claims.oid,
  username: claims.preferred_username,
  ...(claims.sid && { sid: claims.sid }),
  ...(claims.login_hint && { loginHint: claims.login_hint }),
})

/**
 * A token without groups and without an overage mark means no groups; with the mark, the groups are unknown. A value that
 * is not an array of strings means no groups: a string or an object must never match by accident.
 */
function readGroups({ groups, _claim_names: elsewhere, hasgroups }: Record<string, unknown>): Groups {
  const isMarked = typeof elsewhere === 'object' && elsewhere !== null && 'groups' in elsewhere
  if (isMarked || hasgroups === true || hasgroups === 'true') return 'overage'
  return textsIn(groups)
}

/** A claim that is not an array of strings names nothing. */
const textsIn = (claim: unknown): readonly string[] => z.array(z.string()).safeParse(claim).data ?? []
