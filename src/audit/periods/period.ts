import type { AuditedPerson, AuditRecordRead } from '../trail.ts'

/** A record as the trail gives it: `personal` is null where there is no personal part, or it was erased. */
export type TrailEntry = { record: AuditRecordRead; personal: string | null }

/** A person of a period: as they were called at the time, or by their object id where the name was erased or never known. */
export type CalledPerson = { objectId: string; called: string; username?: string | undefined }

export type How = 'turned on' | 'assigned' | 'role' | 'not through PIM'
/**
 * `ran out`: the time was up. `unknown`: it was seen to be over, and nobody saw how. An administrator's comment and name are known
 * where the act was one of ours.
 */
export type EndOfPeriod = {
  how: 'ran out' | 'by the person' | 'by an administrator' | 'unknown'
  by?: AuditedPerson | undefined
  comment?: string | undefined
}

/** One stay at a gate, from coming in to being out, whoever noticed it and however many records tell of it. Instants in epoch ms. */
export type Period = {
  gate: string
  person: CalledPerson
  how: How
  /** Undefined: it began before the first record that was looked at. */
  since: number | undefined
  /** When it is meant to end; undefined where no end is known. */
  until: number | undefined
  /** When it ended; undefined while it goes on. */
  end: number | undefined
  ended: EndOfPeriod | undefined
  /** How many times it was made longer by another activation. */
  extensions: number
  reason: string | undefined
  ticket: string | undefined
  /** Microsoft's id of the request. */
  request: string | undefined
  requestedAt: number | undefined
  approvedBy: CalledPerson | undefined
  /** From the request to the approval. */
  approvedAfterMs: number | undefined
  /** The administrator who gave it, where that is how it came about. */
  givenBy: CalledPerson | undefined
  /** The authentication context that was met for it. */
  check: string | undefined
  /** How many forms the person sent to pages of this gate meanwhile. */
  wrote: number
  /** The numbers of all records that tell of it, the lowest first. The forms are not among them. */
  records: readonly number[]
}

/** A request for access that has not led to a period, or not yet. */
export type UngrantedRequest = {
  gate: string
  person: CalledPerson
  from: number
  /** Undefined while it waits. */
  to: number | undefined
  state: 'waiting' | 'denied' | 'not decided in time' | 'taken back' | 'refused' | 'not known'
  by: CalledPerson | undefined
  /** What Microsoft called it, or the code of our refusal. */
  status: string | undefined
  reason: string | undefined
  ticket: string | undefined
  records: readonly number[]
}

/** An administrator let a person turn on access, or took that away. */
export type Permission = {
  gate: string
  person: CalledPerson
  by: CalledPerson | undefined
  at: number
  is: 'given' | 'changed' | 'taken away'
  until: number | undefined
  records: readonly number[]
}

/** Somebody was refused at a gate. */
export type RefusedAtGate = { gate: string; person: CalledPerson | undefined; at: number; code: string; record: number }
