import { z } from 'zod'
import { clockToleranceMs } from '../clock.ts'
import { Problem } from '../errors.ts'

/** Who Entra says someone is. The person is the pair of tenant id and object id; names are for display only. */
export const identityShape = z.object({
  tenantId: z.guid(),
  objectId: z.guid(),
  /** Pairwise for this application; must stay the same when tokens are refreshed. */
  subject: z.string().min(1),
  name: z.string(),
  username: z.string(),
  /** Entra's own session, for single sign-out. */
  sid: z.string().optional(),
  /** Opaque; names this account to Entra at sign-in and sign-out. */
  loginHint: z.string().optional(),
})
export type Identity = z.infer<typeof identityShape>

/** The groups a token names, or `overage`: more than a token can hold, so it says nothing about any group. */
export type Groups = readonly string[] | 'overage'

const toleranceSeconds = clockToleranceMs / 1000
/** A token is made when its code is redeemed, but Entra puts `iat` five minutes into the past; twice that is old. */
const oldestIssueSeconds = 10 * 60
/** Entra's longest configurable life of an ID token is a day. */
const longestLifeSeconds = 25 * 3600

const words = (most: number) =>
  z
    .string()
    .catch('')
    .transform(value => value.replace(/\p{Cc}/gu, '').slice(0, most))
const hint = z.string().min(1).max(2048).optional().catch(undefined)
const instant = z.int().positive().max(253_402_300_799)
const claimsShape = z.object({
  iss: z.string(),
  aud: z.string(),
  azp: z.string().optional(),
  sub: z.string().min(1).max(255),
  tid: z.guid().transform(value => value.toLowerCase()),
  oid: z.guid().transform(value => value.toLowerCase()),
  iat: instant,
  nbf: instant.optional(),
  exp: instant,
  name: words(200),
  preferred_username: words(200),
  sid: z
    .guid()
    .transform(value => value.toLowerCase())
    .optional()
    .catch(undefined),
  login_hint: hint,
})

export type Expected = { issuer: string; clientId: string; tenantId: string; now: Date }

/**
 * Reads an ID token whose signature, nonce and audience the client library has checked already, and checks all that
 * identifies once more, with what the library leaves open: `azp`, `tid`, `oid`, an empty `sub`, and absurd times.
 *
 * Throws Problem('sign-in-not-proven') when anything is missing, of the wrong type or not ours.
 * Source: https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
 */
export function readIdToken(
  unverifiedClaims: unknown,
  expected: Expected,
): { identity: Identity; groups: Groups; contexts: readonly string[] } {
  const { data: claims, error } = claimsShape.safeParse(unverifiedClaims)
  if (!claims) throw new Problem('sign-in-not-proven', { cause: new ClaimError(String(error.issues[0]?.path[0])) })
  const wrong = faultOf(claims, expected)
  if (wrong) throw new Problem('sign-in-not-proven', { cause: new ClaimError(wrong) })
  return {
    identity: {
      tenantId: claims.tid,
      objectId: claims.oid,
      subject: claims.sub,
      name: claims.name || claims.preferred_username || claims.oid,
      username: claims.preferred_username,
      ...(claims.sid && { sid: claims.sid }),
      ...(claims.login_hint && { loginHint: claims.login_hint }),
    },
    groups: readGroups(unverifiedClaims as Record<string, unknown>),
    contexts: z.array(z.string()).safeParse((unverifiedClaims as Record<string, unknown>).acrs).data ?? [],
  }
}

/** All that makes a person: names and addresses may change and be given to others. */
export type PersonKey = Pick<Identity, 'tenantId' | 'objectId' | 'subject'>
export const isSamePerson = (one: PersonKey, other: PersonKey): boolean =>
  one.tenantId === other.tenantId && one.objectId === other.objectId && one.subject === other.subject

/** Refreshing never changes who someone is; the client library does not compare. */
export function assertSamePerson(before: Identity, after: Identity): void {
  for (const name of ['tenantId', 'objectId', 'subject'] as const)
    if (before[name] !== after[name]) throw new Problem('other-person', { cause: new ClaimError(name) })
}

/** The same of a tenant as a token names it; none at all proves nothing either way, and is for `readIdToken` to refuse. */
export function assertSameTenant({ tenantId }: Identity, unverifiedTenant: unknown): void {
  if (typeof unverifiedTenant === 'string' && unverifiedTenant.toLowerCase() !== tenantId)
    throw new Problem('other-person', { cause: new ClaimError('tenantId') })
}

/** Names the claim that is wrong, for the log. */
export class ClaimError extends Error {
  override name = 'ClaimError'
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

function faultOf(claims: z.infer<typeof claimsShape>, { issuer, clientId, tenantId, now }: Expected) {
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

/**
 * Absent groups without an overage mark are no groups; with one they are unknown. Anything that is not an array of
 * strings is no groups either: a string or an object must never match by accident.
 */
function readGroups({ groups, _claim_names: elsewhere, hasgroups }: Record<string, unknown>): Groups {
  const isMarked = typeof elsewhere === 'object' && elsewhere !== null && 'groups' in elsewhere
  if (isMarked || hasgroups === true || hasgroups === 'true') return 'overage'
  return z.array(z.string()).safeParse(groups).data ?? []
}
