import * as z from 'zod'
import { tokenFaults } from '../token/refusals.ts'
import { defaultGraphSwitches, graphSwitches } from './graph.ts'
import { discoveryLie, lie } from './lies.ts'
import { milliseconds, person, persons, seconds, when } from './parts.ts'

const authorizeErrors = ['cancel', 'decline', 'server_error', 'temporarily_unavailable'] as const

export const switchesSchema = z.strictObject({
  /**
   * Only people assigned to the app (directly in an assigned group) may sign in. This, the group claims and the optional
   * claims are as registered unless a switch stands in their place.
   */
  assignmentRequired: z.boolean().optional(),
  groupMembershipClaims: z.enum(['ApplicationGroup', 'SecurityGroup', 'none']).optional(),
  /** Tokens show memberships as they were this many seconds ago. */
  replicationLagSeconds: seconds,
  /** The same switch under another name, beside the lags of roster and members. The longer of the two counts. */
  tokenLagSeconds: seconds,
  /**
   * Whether a refreshed ID token names the app roles of now, or those of the session's last authorization. Microsoft
   * promises neither.
   */
  rolesAtRefresh: z.enum(['recomputed', 'as-at-sign-in']),
  optionalClaims: z
    .strictObject({
      sid: z.boolean().default(true),
      login_hint: z.boolean().default(true),
      auth_time: z.boolean().default(true),
      acct: z.boolean().default(true),
      /** `acrs` in every token, with all contexts that happen to be satisfied. */
      acrs: z.boolean().default(false),
    })
    .optional(),
  /**
   * Where it is set, it stands in the place of all Conditional Access policies: these authentication contexts demand a
   * passkey of everybody, and any other is granted unasked.
   */
  contextsWithPolicy: z.array(z.string()).optional(),
  /** The address of the company's own identity provider. Sign-in and sign-out lead through it. */
  federatedAt: z.url().optional(),
  /** Signs this person in without showing a page. */
  autoSignIn: person.optional(),
  /** The person who comes back whoever was asked to sign in or to prove more, without a page if necessary. */
  wrongAccount: person.optional(),
  /** Changed usernames, by person. */
  usernames: z.record(person, z.string()),
  /** Other names than their own, by person, as Graph shows them. */
  displayNames: z.record(person, z.string()),
  disabled: persons,
  /** People whom a Conditional Access policy blocks (53003). */
  blocked: persons,
  /** People whose refresh tokens were revoked (50173) and who must sign in again. */
  revoked: persons,
  /** People whose account belongs to another directory and is not a guest here (50020). */
  strangers: persons,
  authorizeError: z.strictObject({ what: z.enum(authorizeErrors), when }).optional(),
  tokenError: z
    .strictObject({
      what: z.enum(tokenFaults),
      /** 'client' is the app asking for itself; 'both' is every call. */
      on: z.enum(['code', 'refresh', 'client', 'both']).default('both'),
      when,
      /** The `error` member, where the same code is seen with more than one. */
      as: z.enum(['invalid_grant', 'interaction_required', 'login_required', 'consent_required']).optional(),
      /** null: a 429 or 503 does not say when to come back. */
      retryAfterSeconds: z.number().int().min(0).nullable().default(1),
    })
    .optional(),
  /** Whether a refresh token that comes again is refused, together with every other token of its sign-in. */
  refreshReuseDetection: z.boolean(),
  /** The members that a refresh reply leaves out. */
  refreshReplyWithout: z.array(z.enum(['refresh_token', 'id_token'])),
  /** The person whom every refreshed ID token names, whosever refresh token was redeemed. */
  refreshedAs: person.optional(),
  /** Every request but those to /control and /pim is cut off. */
  down: z.boolean(),
  /** Like `down`, but Graph goes on. */
  signInDown: z.boolean(),
  slow: z.strictObject({
    discovery: milliseconds.optional(),
    keys: milliseconds.optional(),
    authorize: milliseconds.optional(),
    token: milliseconds.optional(),
    logout: milliseconds.optional(),
    graph: milliseconds.optional(),
  }),
  errorSeparator: z.enum(['\r\n', ' ']),
  errorMembers: z.enum(['all', 'documented']),
  /** Which published key signs: its place in the key set. */
  signWith: z.number().int().min(0),
  /** Names a key in the token header that is not published. */
  unknownKid: z.boolean(),
  accessTokenSeconds: z.number().int().positive().optional(),
  /**
   * Consented scopes that tokens carry although nobody asked for them. It is not certain whether Entra adds them, so a
   * switch plays either.
   */
  extraScopes: z.array(z.string()),
  /** The parameters of front-channel logout calls, or that no calls are made. */
  frontChannel: z.enum(['sid', 'sid+iss', 'none']),
  lie,
  discoveryLie,
  ...graphSwitches,
})

export type Switches = z.output<typeof switchesSchema>
export type SwitchesWish = Partial<z.input<typeof switchesSchema>>

export function defaultSwitches(): Switches {
  return {
    replicationLagSeconds: 0,
    tokenLagSeconds: 0,
    rolesAtRefresh: 'recomputed',
    usernames: {},
    displayNames: {},
    disabled: [],
    blocked: [],
    revoked: [],
    strangers: [],
    refreshReuseDetection: false,
    refreshReplyWithout: [],
    down: false,
    signInDown: false,
    slow: {},
    errorSeparator: ' ',
    errorMembers: 'all',
    signWith: 0,
    unknownKid: false,
    extraScopes: [],
    frontChannel: 'sid',
    lie: {},
    discoveryLie: {},
    ...defaultGraphSwitches(),
  }
}

/**
 * Turns some switches; null, which JSON has where a program says undefined, turns one back. Throws (zod) on a switch or
 * position that does not exist.
 */
export function turn(switches: Switches, wish: unknown): void {
  const back: Record<string, unknown> = { ...defaultSwitches() }
  const isObject = typeof wish === 'object' && wish !== null && !Array.isArray(wish)
  const wished = isObject
    ? Object.fromEntries(Object.entries(wish).map(([name, to]) => [name, to === null ? back[name] : to]))
    : wish
  Object.assign(switches, switchesSchema.partial().parse(wished))
}

export function turnBack(switches: Switches): void {
  for (const name of Object.keys(switches)) Reflect.deleteProperty(switches, name)
  Object.assign(switches, defaultSwitches())
}

type Lists = 'disabled' | 'manyGroups'

/** Puts a person on one of the lists. Throws (zod) when nobody has the key. */
export function mark(switches: Switches, list: Lists, key: string): void {
  if (!switches[list].includes(key)) turn(switches, { [list]: [...switches[list], key] })
}

export function unmark(switches: Switches, list: Lists, key: string): void {
  turn(switches, { [list]: switches[list].filter(each => each !== key) })
}

/** The fault to play now; undefined when none is set. Asking uses up a fault that is set for one time. */
export function takeFault<Name extends 'authorizeError' | 'tokenError'>(
  switches: Switches,
  name: Name,
): Switches[Name] {
  const fault = switches[name]
  if (fault?.when === 'next') delete switches[name]
  return fault
}
