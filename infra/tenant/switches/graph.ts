import * as z from 'zod'
import { graphPlaces } from '../calls.ts'
import { group, persons, seconds, when } from './parts.ts'
import { defaultPimSwitches, pimSwitches } from './pim.ts'

export const graphFaults = [
  '401',
  'claims-challenge',
  '403',
  '404',
  '429',
  '500',
  '502',
  '503',
  '504',
  'hang',
  'cut',
  /** The connection ends without an answer: before anything was done, or after it was done. */
  'drop',
  'done-but-drop',
  'truncated',
  'html',
  'empty-object',
  'value-not-array',
  'without-ids',
  'bad-end',
  /** A subscription that has run out already. */
  'bad-expiry',
  /** The right answer with another status. */
  '202',
  /** The write is done, but the answer is a 504, or there is none. */
  'done-but-504',
  'done-but-hang',
  /** The write is done, but the answer names another person, or another group. */
  'other-person',
  'other-group',
  /** A refusal that the test words itself: `code`, `message` and `status`. */
  'refusal',
] as const

const graphError = z.strictObject({
  what: z.enum(graphFaults),
  where: z.enum([...graphPlaces, 'any']).default('any'),
  /** Only calls about this group: that name it, or a request, policy or subscription of it. */
  group: group.optional(),
  /** Only calls with this method. */
  method: z.enum(['GET', 'POST', 'PATCH', 'DELETE']).optional(),
  when,
  /** How many of these calls pass before the first that is hit, counted from the setting of the switch. */
  after: z.number().int().min(0).default(0),
  /** Of the calls after those, each n-th is hit. */
  every: z.number().int().positive().default(1),
  /** Only this page of a list, counted from 1. */
  page: z.number().int().positive().optional(),
  /** Without this a 429 or 503 does not say when to try again. */
  retryAfterSeconds: z.number().int().min(0).optional(),
  code: z.string().default('InvalidRequest'),
  message: z.string().default('The local tenant was told to refuse.'),
  status: z.number().int().min(400).max(599).default(400),
})

const notifications = z.strictObject({
  /** How long a notification is on its way, by the tenant's clock. */
  delaySeconds: seconds.default(0),
  /** How often each is sent: 0 loses it, 2 duplicates it. */
  copies: z.number().int().min(0).default(1),
  /** How long after an unanswered demand to authorize anew the delivery stops; unset means that it goes on. */
  pauseAfterSeconds: seconds.optional(),
  /** Whether a second subscription to the same changes is refused (409). Sources differ about groups. */
  refuseDuplicates: z.boolean().default(false),
  /** A lie: a secret that is not the subscription's. */
  clientState: z.string().optional(),
})

/** The switches of Microsoft Graph and of PIM's lists there. */
export const graphSwitches = {
  /** Application permissions in the app-only tokens issued from now on, in the place of those that the app was given. */
  appPermissions: z.array(z.string()).optional(),
  /** Delegated scopes without consent, although it was given. */
  consentMissing: z.array(z.string()),
  /** Graph lists PIM's assignment instances as they were this many seconds ago. */
  rosterLagSeconds: seconds,
  /** Graph answers for members, and checks of them, as they were this many seconds ago. */
  membersLagSeconds: seconds,
  /** Graph shows new objects, and changes of old ones, this many seconds late. */
  directoryLagSeconds: seconds,
  /** The only group whose instances, members and place in tokens lag; unset: all of them. */
  laggingGroup: group.optional(),
  /** People who hold a permanent `owner` assignment for the access group; it makes nobody a member. */
  owners: persons,
  /** People who hold the role Groups Administrator: they administer every managed group. */
  groupsAdministrators: persons,
  /** People in the access group only through a group that is in it. */
  nestedMembers: persons,
  /** People who are in 250 more groups, too many for a token. */
  manyGroups: persons,
  /** Whether members from outside PIM have a row among the instances, with neither start nor end. */
  directMembersInInstances: z.boolean(),
  graphPageSize: z.number().int().positive().optional(),
  /** A first page that is empty and has a next one. */
  graphEmptyFirstPage: z.boolean(),
  /** 'loop' makes the next page the same page again. Any other value is the origin that the next page is said to have. */
  graphNextLinkLie: z.literal('loop').or(z.url()).optional(),
  graphEnumCase: z.enum(['camel', 'pascal']),
  /** Unset means wrapped for a missing scope of PIM, and plain for every other error. */
  graphEnvelope: z.enum(['plain', 'wrapped']).optional(),
  graphError: graphError.optional(),
  /** How many requests about Conditional Access a second takes; unset: any number. The real one takes one. */
  conditionalAccessPerSecond: z.number().int().positive().optional(),
  /** The service plans that the organization has licences for. PIM needs AAD_PREMIUM_P2. */
  servicePlans: z.array(z.string()),
  /** Requests to Graph are cut off, others are not. */
  graphDown: z.boolean(),
  notifications,
  ...pimSwitches,
}

export function defaultGraphSwitches() {
  return {
    consentMissing: [],
    rosterLagSeconds: 0,
    membersLagSeconds: 0,
    directoryLagSeconds: 0,
    owners: ['ada'],
    groupsAdministrators: [],
    nestedMembers: [],
    manyGroups: [],
    directMembersInInstances: false,
    graphEmptyFirstPage: false,
    graphEnumCase: 'camel' as const,
    graphDown: false,
    servicePlans: ['AAD_PREMIUM', 'AAD_PREMIUM_P2'],
    notifications: { delaySeconds: 0, copies: 1, refuseDuplicates: false },
    ...defaultPimSwitches(),
  }
}
