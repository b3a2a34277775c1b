import { randomBytes } from 'node:crypto'
import { sidOf, subjectFor, tenantId } from '../directory/ids.ts'
import { loginHintOf, type Person } from '../directory/people.ts'
import { groupsInTokens, rolesInTokens, withOuterGroups } from '../sign-in/admission.ts'
import { appAt, assignedTo } from '../sign-in/app.ts'
import { acrsClaim } from '../sign-in/contexts.ts'
import type { TenantState } from '../state.ts'
import { liesTold } from '../switches/lies.ts'
import { sign } from './signing.ts'

const groupsPerToken = 200

/** The facts of an ID token. `methods` say how the person signed in, `context` is the authentication context asked for. */
export type SignIn = {
  /** The client id of the app. */
  appId: string
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
    sub: subjectFor(signIn.person.oid, signIn.appId),
    aud: signIn.appId,
    ...times(state),
    ...profile(state, signIn),
    tid: tenantId,
    nonce: signIn.nonce,
    ...groupClaims(state, signIn),
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

function groupClaims(state: TenantState, { person, appId }: SignIn) {
  const { groupMembershipClaims: mode } = appAt(state, appId)
  if (mode === 'none') return {}
  const known = groupsInTokens(state, person)
  const assigned = assignedTo(state, appId)
  const emitted =
    mode === 'ApplicationGroup' ? known.filter(group => assigned.has(group)) : withOuterGroups(state, known)
  // Of somebody in very many groups (at Entra more than 1,000) no token lists any, not even the assigned ones.
  if (known.length > groupsPerToken || emitted.length > groupsPerToken) return overage(person)
  return { groups: emitted.length > 0 ? emitted : undefined }
}

/** The values of the app roles: however many groups there are, roles have no overage. */
function roleClaim(
  state: TenantState,
  { person, appId, sessionUid, refreshed }: SignIn,
): readonly string[] | undefined {
  const { rolesAtSignIn, switches } = state
  const now = rolesInTokens(state, person, appId)
  const key = `${sessionUid} ${appId}`
  if (!refreshed) rolesAtSignIn.set(key, now)
  const isKept = refreshed && switches.rolesAtRefresh === 'as-at-sign-in'
  const roles = (isKept ? rolesAtSignIn.get(key) : undefined) ?? now
  return roles.length > 0 ? roles : undefined
}

function overage({ oid }: Person) {
  const endpoint = `https://graph.windows.net/${tenantId}/users/${oid}/getMemberObjects`
  return { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint } } }
}

function optional(state: TenantState, { appId, person, scopes, authTime, sessionUid }: SignIn) {
  const { optionalClaims } = appAt(state, appId)
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
