import type { Request } from 'express'
import type { SessionRecord } from '../session/record/record.ts'
import type { Person } from './decide.ts'
import type { Standing } from './standing.ts'

/**
 * How a request was admitted: the person, their session, and where they stand at the gate that let them in. For a page for
 * everyone who is signed in, that is the first gate at which they are a member, or else the first gate of all.
 */
export type Admission = { person: Person; record: SessionRecord; gate: string; standing: Standing }
const admissions = new WeakMap<Request, Admission>()

/**
 * The person that this request was admitted as, and their standing. Throws when no guard ran: a bug, never a visitor's
 * doing.
 */
export function admissionOf(request: Request): Admission {
  const admission = admissions.get(request)
  if (!admission) throw new Error('a page was reached without passing a guard')
  return admission
}
/** The person that this request was admitted as. Throws when no guard ran. */
export const personOf = (request: Request): Person => admissionOf(request).person

/** Notes how a request was admitted. Only the guard does. */
export const admit = (request: Request, admission: Admission): void => void admissions.set(request, admission)

const ended = new WeakMap<Request, SessionRecord>()
/** The session that this request came with, if it ended because the gate asked Entra about it. */
export const endedOf = (request: Request): SessionRecord | undefined => ended.get(request)
/** Notes that the session of a request ended because the gate asked Entra about it. */
export const noteEnded = (request: Request, record: SessionRecord): void => void ended.set(request, record)
