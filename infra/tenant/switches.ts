import * as z from 'zod'
import { discoveryLie, lie } from './lies.ts'
import { people } from './people.ts'

const authorizeErrors = ['cancel', 'decline', 'server_error', 'temporarily_unavailable'] as const
const tokenErrors = [
  '7000215',
  '7000222',
  '54005',
  '50173',
  '700082',
  '70043',
  '53003',
  '50076',
  '503',
  '429',
  'malformed',
  'hang',
] as const

const when = z.enum(['next', 'always']).default('always')
const person = z.string().refine(key => people.some(each => each.key === key), 'nobody in the tenant has this key')
const persons = z.array(person)
const milliseconds = z.number().int().min(0)

export const switchesSchema = z.strictObject({
  /** Only people assigned to the app (directly in an assigned group) may sign in. */
  assignmentRequired: z.boolean(),
  groupMembershipClaims: z.enum(['ApplicationGroup', 'SecurityGroup', 'none']),
  /** Tokens show memberships as they were this many seconds ago. */
  replicationLagSeconds: z.number().min(0),
  optionalClaims: z.strictObject({
    sid: z.boolean().default(true),
    login_hint: z.boolean().default(true),
    auth_time: z.boolean().default(true),
    acct: z.boolean().default(true),
    /** `acrs` in every token, with all contexts that happen to be satisfied. */
    acrs: z.boolean().default(false),
  }),
  /** Authentication contexts that have a policy (a passkey is demanded). Any other is granted unasked. */
  contextsWithPolicy: z.array(z.string()),
  /** Signs this person in without showing a page. */
  autoSignIn: person.optional(),
  /** Changed usernames, by person. */
  usernames: z.record(person, z.string()),
  disabled: persons,
  /** People whom a Conditional Access policy blocks (53003). */
  blocked: persons,
  /** People whose refresh tokens were revoked (50173) and who must sign in again. */
  revoked: persons,
  /** People whose account belongs to another directory and is no guest here (50020). */
  strangers: persons,
  authorizeError: z.strictObject({ what: z.enum(authorizeErrors), when }).optional(),
  tokenError: z
    .strictObject({
      what: z.enum(tokenErrors),
      on: z.enum(['code', 'refresh', 'both']).default('both'),
      when,
      /** The `error` member, where the same code is seen with more than one. */
      as: z.enum(['invalid_grant', 'interaction_required']).optional(),
      retryAfterSeconds: z.number().int().min(0).default(1),
    })
    .optional(),
  /** Every request but those to /control and /pim is cut off. */
  down: z.boolean(),
  slow: z.strictObject({
    discovery: milliseconds.optional(),
    keys: milliseconds.optional(),
    authorize: milliseconds.optional(),
    token: milliseconds.optional(),
    logout: milliseconds.optional(),
  }),
  errorSeparator: z.enum(['\r\n', ' ']),
  errorMembers: z.enum(['all', 'documented']),
  /** Which published key signs: its place in the key set. */
  signWith: z.number().int().min(0),
  /** Names a key in the token header that is not published. */
  unknownKid: z.boolean(),
  accessTokenSeconds: z.number().int().positive().optional(),
  /** Scopes consented earlier, granted beside those asked for. */
  extraScopes: z.array(z.string()),
  /** What front-channel logout calls carry, or that they are not made. */
  frontChannel: z.enum(['sid', 'sid+iss', 'none']),
  lie,
  discoveryLie,
})

export type Switches = z.output<typeof switchesSchema>
export type SwitchesWish = Partial<z.input<typeof switchesSchema>>

export function defaultSwitches(): Switches {
  return {
    assignmentRequired: false,
    groupMembershipClaims: 'ApplicationGroup',
    replicationLagSeconds: 0,
    optionalClaims: { sid: true, login_hint: true, auth_time: true, acct: true, acrs: false },
    contextsWithPolicy: ['c1'],
    usernames: {},
    disabled: [],
    blocked: [],
    revoked: [],
    strangers: [],
    down: false,
    slow: {},
    errorSeparator: ' ',
    errorMembers: 'all',
    signWith: 0,
    unknownKid: false,
    extraScopes: [],
    frontChannel: 'sid',
    lie: {},
    discoveryLie: {},
  }
}

/** Turns some switches. Throws (zod) on a switch or position that does not exist. */
export function turn(switches: Switches, wish: unknown): void {
  Object.assign(switches, switchesSchema.partial().parse(wish))
}

export function turnBack(switches: Switches): void {
  for (const name of Object.keys(switches)) Reflect.deleteProperty(switches, name)
  Object.assign(switches, defaultSwitches())
}

/** The fault to play now, if one is set; a fault for the next time only is spent by asking. */
export function takeFault<Name extends 'authorizeError' | 'tokenError'>(
  switches: Switches,
  name: Name,
): Switches[Name] {
  const fault = switches[name]
  if (fault?.when === 'next') delete switches[name]
  return fault
}
