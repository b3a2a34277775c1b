import { randomBytes } from 'node:crypto'
import { sidOf, subjectFor, tenantId } from '../directory/ids.ts'
import { assignedGroups, loginHintOf, type Person } from '../directory/people.ts'
import { groupsInTokens, rolesInTokens, withOuterGroups } from '../sign-in/admission.ts'
import { acrsClaim } from '../sign-in/contexts.ts'
import type { TenantState } from '../state.ts'
import { liesTold } from '../switches/lies.ts'
import { sign } from './signing.ts'

const groupsPerToken = 200

/** The facts of an ID token. `methods` say how the person signed in, `context` is the authentication context asked for. */
export type SignIn = {
  person: Person
  scopes: ReadonlySet<string>
  nonce: string | undefined
  authTime: number | undefined
  methods: readonly string[]
  sessionUid: string
  context: string | undefined
  /** The authentication context asked for in the access token. */
  tokenContext: string | undefined
  /** Whether a refresh token, not a code, is redeemed. */
  refreshed: boolean
}

/** An ID token in the v2.0 shape, signed, with whatever lies the switches ask for. */
export async function issueIdToken(state: TenantState, signIn: SignIn): Promise<string> {
  const claims = {
    ver: '2.0',
    iss: `${state.origin}/${tenantId}/v2.0`,
    sub: subjectFor(signIn.person.oid),
    aud: state.registration.clientId,
    ...times(state),
    ...profile(state, signIn),
    tid: tenantId,
    nonce: signIn.nonce,
    ...groupClaims(state, signIn.person),
    roles: roleClaim(state, signIn),
    acrs: acrsClaim(state, signIn.context, signIn),
    ...optional(state, signIn),
    ...opaque(),
  }
  return sign(state, withoutEmpty(claims), liesTold(state.switches, signIn))
}

// `iat` lies five minutes back, as Entra's does: a client must not take it for the instant of the sign-in.
function times({ clock }: TenantState) {
  const now = Math.floor(clock().getTime() / 1000)
  return { iat: now - 300, nbf: now - 300, exp: now + 3600 }
}

function profile({ switches }: TenantState, { person, scopes }: SignIn) {
  const email = person.kind === 'guest' || scopes.has('email') ? person.email : undefined
  const idp = person.kind === 'guest' ? `https://sts.windows.net/${person.homeTenantId}/` : undefined
  if (!scopes.has('profile')) return { email, idp }
  const username = switches.usernames[person.key] ?? person.username
  return { email, idp, name: person.name, oid: person.oid, preferred_username: username }
}

function groupClaims(state: TenantState, person: Person) {
  const mode = state.switches.groupMembershipClaims
  if (mode === 'none') return {}
  const known = groupsInTokens(state, person)
  const emitted =
    mode === 'ApplicationGroup' ? known.filter(group => assignedGroups.has(group)) : withOuterGroups(known)
  if (emitted.length > groupsPerToken) return overage(person)
  return { groups: emitted.length > 0 ? emitted : undefined }
}

/** The values of the app roles: however many groups there are, roles have no overage. */
function roleClaim(state: TenantState, { person, sessionUid, refreshed }: SignIn): readonly string[] | undefined {
  const { rolesAtSignIn, switches } = state
  const now = rolesInTokens(state, person)
  if (!refreshed) rolesAtSignIn.set(sessionUid, now)
  const isKept = refreshed && switches.rolesAtRefresh === 'as-at-sign-in'
  const roles = (isKept ? rolesAtSignIn.get(sessionUid) : undefined) ?? now
  return roles.length > 0 ? roles : undefined
}

function overage({ oid }: Person) {
  const endpoint = `https://graph.windows.net/${tenantId}/users/${oid}/getMemberObjects`
  return { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint } } }
}

function optional({ switches: { optionalClaims } }: TenantState, { person, scopes, authTime, sessionUid }: SignIn) {
  return {
    sid: optionalClaims.sid ? sidOf(sessionUid) : undefined,
    login_hint: optionalClaims.login_hint && scopes.has('profile') ? loginHintOf(person) : undefined,
    auth_time: optionalClaims.auth_time ? authTime : undefined,
    acct: optionalClaims.acct ? Number(person.kind === 'guest') : undefined,
  }
}

function opaque() {
  return {
    uti: randomBytes(16).toString('base64url'),
    rh: `0.A${randomBytes(30).toString('base64url')}.`,
    aio: `A${randomBytes(60).toString('base64url')}`,
  }
}

function withoutEmpty(claims: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
}
