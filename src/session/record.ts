import { z } from 'zod'
import { identityShape } from '../entra/claims.ts'

const epochMs = z.int().positive()

/** What is known about someone's membership: yes or no as proven at an instant of our clock, or nothing. */
export const membershipShape = z.union([z.literal('unknown'), z.object({ member: z.boolean(), provenAt: epochMs })])
export type Membership = z.infer<typeof membershipShape>

/** What a session remembers. Written once, at sign-in; only `lastSeenAt` moves, so requests cannot overwrite each other. */
export const recordShape = z.object({
  identity: identityShape,
  membership: membershipShape,
  signedInAt: epochMs,
  lastSeenAt: epochMs,
  browser: z.string(),
})
export type SessionRecord = z.infer<typeof recordShape>

const storedShape = z.object({ cookie: z.looseObject({}), record: recordShape })

/** Whether this is a stored session that this release can go on with: one of an older shape, or no JSON, is not. */
export function isStoredSession(text: string): boolean {
  try {
    return storedShape.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}

declare module 'express-session' {
  interface SessionData {
    record: SessionRecord
  }
}

export type Lifetimes = { idleMs: number; maxMs: number }

const clockToleranceMs = 30_000

/** A time from the future is stale, not fresh: it says nothing about how long ago something was. */
export function isOver({ signedInAt, lastSeenAt }: SessionRecord, { idleMs, maxMs }: Lifetimes, now: number): boolean {
  return now >= lastSeenAt + idleMs || now >= signedInAt + maxMs
}
export const isFromTheFuture = ({ signedInAt, lastSeenAt }: SessionRecord, now: number): boolean =>
  Math.max(signedInAt, lastSeenAt) > now + clockToleranceMs
