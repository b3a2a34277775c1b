import { z } from 'zod'
import { clockToleranceMs } from '../../clock.ts'
import { identityShape, isSamePerson } from '../../entra/claims.ts'
import { fingerprint } from '../sealing/seal.ts'

const epochMs = z.int().positive()

/** Why somebody is not a member, where more is known than that they are not. */
const reasonShape = z.enum(['not-in-group', 'not-assigned', 'ended', 'ran-out'])

/**
 * What is known about someone's membership: yes, perhaps with a known end; no; or nothing. `provenAt` is our clock when
 * the source was asked, never a time out of a token.
 */
export const membershipShape = z.union([
  z.literal('unknown'),
  z.object({ member: z.literal(true), provenAt: epochMs, until: epochMs.optional() }),
  z.object({
    member: z.literal(false),
    provenAt: epochMs,
    reason: reasonShape.catch('not-in-group'),
    endedAt: epochMs.optional(),
  }),
])
export type Membership = z.infer<typeof membershipShape>

/**
 * What PIM told us of the person's own activation, asked with their own token: a bound on their membership, never a
 * proof of it.
 */
export const planShape = z.object({
  askedAt: epochMs,
  /**
   * Which of two plans of one person is the newer: higher than everything that was known when this one was written,
   * whatever the clocks of the replicas say. Absent in plans of older releases; `askedAt` stands for it there.
   */
  order: epochMs.optional(),
  /** The `order` of the last act of the person (an extension, an end) that this plan takes into account. */
  act: epochMs.optional(),
  /** When PIM last showed a period that runs, or begins at once. */
  shownAt: epochMs.optional(),
  /** When the present period began. */
  from: epochMs.optional(),
  /** When it ends, periods that follow without a gap included; in the past: it has ended. Absent: no end is known. */
  until: epochMs.optional(),
  /** Where one period follows another: Microsoft may show nobody in the group for some seconds. */
  seamAt: epochMs.optional(),
  /** When the person ended it here: what began before does not count any more, whatever lists still say. */
  endedAt: epochMs.optional(),
})
export type Plan = z.infer<typeof planShape>

/**
 * Lists and tokens may be so far behind PIM: name someone who has gone, or not yet who has come. What they say sooner
 * after an end does not prove that it was lifted.
 */
export const lagMs = 2 * 60_000
/** After so long even what another replica, whose clock is ahead of or behind ours, did is in the lists. */
export const surelyListedMs = lagMs + clockToleranceMs

/** What a session remembers. It changes by compare-and-set only, so requests cannot overwrite each other. */
export const recordShape = z.object({
  identity: identityShape,
  /** What the person's own token last said of the group. Lists that are made for all are not written down here. */
  membership: membershipShape,
  /** When that token was last redeemed and Entra answered, whatever it said of groups: the account may be used. */
  ownProvenAt: epochMs.optional().catch(undefined),
  /** When a token could not list the person's groups, and we were not allowed to ask Graph in their name. */
  unlistedAt: epochMs.optional().catch(undefined),
  plan: planShape.optional().catch(undefined),
  /** Authentication contexts met in this session, each with its instant. Later tokens do not carry them. */
  contexts: z.record(z.string(), epochMs).default({}),
  signedInAt: epochMs,
  lastSeenAt: epochMs,
  browser: z.string(),
  /** What stays the same under each new id; absent in sessions that an earlier release began. */
  lineage: z.string().optional(),
})
export type SessionRecord = z.infer<typeof recordShape>

/** Raised only when an earlier release must not go on with the sessions of a later one. The first release wrote none. */
export const newestVersion = 2

/** What is kept of a session: the record with the marks of what it was proven for. */
export const storedShape = z.looseObject({
  cookie: z.looseObject({}),
  record: recordShape.extend({
    v: z.int().min(1).max(newestVersion).optional(),
    /** The mark of the application whose session it is. */
    app: z.string().optional(),
    /** What is known of each group, by its mark. */
    groups: z.record(z.string(), z.unknown()).optional(),
  }),
})

/** Whether this is a stored session that this release can go on with: one of another shape, or no JSON, is not. */
export function isStoredSession(text: string): boolean {
  try {
    return storedShape.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}

/** Names a session in a form and among the ends, whatever its id is by now, without giving that away. */
export const handleOf = (sessionId: string, record?: Pick<SessionRecord, 'lineage'>): string =>
  record?.lineage ?? fingerprint(sessionId)

export const isMember = (membership: Membership) => membership !== 'unknown' && membership.member
/** Entra gives this person no token for the application, whatever groups they are in. Only their own token tells. */
export const isNotAssigned = (membership: Membership) =>
  membership !== 'unknown' && !membership.member && membership.reason === 'not-assigned'

const provenAtOf = (membership: Membership) => (membership === 'unknown' ? 0 : membership.provenAt)

/** When the person's own token was last asked for with an answer; 0 when it never was. */
export const ownProvenAtOf = ({ ownProvenAt = 0, membership }: Pick<SessionRecord, 'ownProvenAt' | 'membership'>) =>
  Math.max(ownProvenAt, provenAtOf(membership))

/** Nothing newer is known of this person than that they are in too many groups for a token, and Graph may not be asked. */
export const isUnlisted = ({ unlistedAt = 0, membership }: Pick<SessionRecord, 'unlistedAt' | 'membership'>): boolean =>
  unlistedAt > provenAtOf(membership)

/** A token that was given since takes back "not assigned", also when it could not be learned from it who is in the group. */
export const liftedBy = (ownProvenAt: number, membership: Membership): Membership =>
  isNotAssigned(membership) && provenAtOf(membership) < ownProvenAt ? 'unknown' : membership

/** The newest proof wins; of two of the same instant the "no". A request that still runs cannot bring an older one back. */
export function newerOf(one: Membership, other: Membership): Membership {
  const difference = provenAtOf(one) - provenAtOf(other)
  if (difference !== 0) return difference > 0 ? one : other
  return one !== 'unknown' && !one.member ? one : other
}

/** What a sign-in proved: all of a session that is not about the browser. */
export type Proven = Pick<SessionRecord, 'identity' | 'membership' | 'contexts'> & {
  ownProvenAt?: number | undefined
  unlistedAt?: number | undefined
  plan?: Plan | undefined
}

/**
 * A sign-in by the person whose session was there before: the contexts they met in it stay met, and a newer proof of
 * membership stays the newest. Someone else inherits nothing. `now` is our clock: a proof from the future is not newer.
 */
export function continuing(before: SessionRecord, proven: Proven, now: number): Proven {
  if (!isSamePerson(before.identity, proven.identity)) return proven
  const provenBefore = provenAtOf(before.membership)
  const isNewer = provenBefore <= now && provenBefore > provenAtOf(proven.membership)
  return {
    ...proven,
    membership: isNewer ? liftedBy(ownProvenAtOf(proven), before.membership) : proven.membership,
    contexts: { ...before.contexts, ...proven.contexts },
    ...(before.plan && { plan: before.plan }),
  }
}

export const orderOf = (plan: Plan | undefined): number => plan?.order ?? plan?.askedAt ?? 0

export const newerPlan = (one: Plan | undefined, other: Plan | undefined): Plan | undefined =>
  orderOf(other) > orderOf(one) ? other : one

/** The record with this plan, unless its own is the newer. */
export function withPlan(record: SessionRecord, known: Plan | undefined): SessionRecord {
  const plan = newerPlan(record.plan, known)
  return plan === undefined || plan === record.plan ? record : { ...record, plan }
}

/** A plan that the person ended here. It is over at once, also on a replica whose clock is not there yet. */
export const isEndedHere = ({ until, endedAt }: Plan): boolean => endedAt !== undefined && until === endedAt

/** What another record of the same person knows newer goes along; nothing older does. */
export function withNews(
  record: SessionRecord,
  other: Pick<Proven, 'membership' | 'ownProvenAt' | 'plan'>,
): SessionRecord {
  const plan = newerPlan(record.plan, other.plan)
  const ownProvenAt = Math.max(ownProvenAtOf(record), ownProvenAtOf(other))
  const membership = liftedBy(ownProvenAt, newerOf(record.membership, other.membership))
  return { ...record, membership, ...(ownProvenAt > 0 && { ownProvenAt }), ...(plan && { plan }) }
}

declare module 'express-session' {
  interface SessionData {
    record: SessionRecord
    /** There is one, but this release cannot read it. */
    isUnread?: true
  }
}

export type Lifetimes = { idleMs: number; maxMs: number }

/** A time from the future is stale, not fresh: it says nothing about how long ago something was. */
export function isOver({ signedInAt, lastSeenAt }: SessionRecord, { idleMs, maxMs }: Lifetimes, now: number): boolean {
  return now >= lastSeenAt + idleMs || now >= signedInAt + maxMs
}
export const isFromTheFuture = ({ signedInAt, lastSeenAt }: SessionRecord, now: number): boolean =>
  Math.max(signedInAt, lastSeenAt) > now + clockToleranceMs
