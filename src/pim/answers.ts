import type { Verdict } from '../audit/trail.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import type { FindOut } from './acts/finding.ts'
import type { PimRefusal } from './refusals/from-graph.ts'
import type { WishErrors } from './wish/form.ts'

export type { Who }

/** What somebody may turn on, as a form: every limit is the policy's as it is now. */
export type FormOffer = {
  /** Minutes that the policy allows, shortest first, and the one that is proposed. */
  choices: readonly number[]
  minutes: number
  longestMinutes: number
  ticket: boolean
  needs: { passkey: boolean; approval: boolean; approvers: readonly string[] }
  /** The last time this person turned it on. */
  last?: { at: number; minutes: number; reason: string; ticket?: string }
  /** What was typed before, when the form comes back, and why it does. */
  typed?: { reason: string; ticket: string; minutes: string }
  errors?: WishErrors
  problem?: PimRefusal
  /** False: the policy may not be read with this person's token, so Microsoft's answer decides. */
  rulesKnown: boolean
}

/** What a refused person can do about it. Instants in epoch ms, here and below. */
export type Offer = { /** The last time that access was on, and how it ended. */ lastUse?: Use } & (
  | { kind: 'form'; form: FormOffer }
  | { kind: 'waiting'; request: WaitingWish; approvers: readonly string[] }
  | { kind: 'turning-on' }
  | { kind: 'on'; from?: number; until?: number }
  | { kind: 'not-eligible'; endedAt?: number }
  | { kind: 'cannot-tell' }
  | { kind: 'unavailable'; problem: PimRefusal }
)
export type WaitingWish = {
  since: number
  lapsesAt: number
  reason: string
  ticket?: string
  minutes?: number
  /** Of an extension: it begins then, however early it is approved. */
  startsAt?: number
}

export type TurnOn =
  | { kind: 'form'; offer: Offer }
  | { kind: 'step-up'; activation: string; claims: string; returnTo: string }
  /** `returnTo` only where the way leads elsewhere than was asked for. */
  | { kind: 'progress'; returnTo?: string }

/** `kind`: of the wish that it is about; an extension while access is on, else a new period. */
export type Progress = { kind?: 'turn-on' | 'extend' } & (
  | { step: 'none'; returnTo: string }
  | {
      step: 'asking' | 'accepted'
      /** Microsoft has put it in force; before that it only took it. */
      isInForce?: boolean
      /** It was on, or on its way, before this was asked for. */
      wasOn?: boolean
      since: number
      acceptedAt?: number
      steppedUpAt?: number
      minutes: number
      returnTo: string
      reference?: string
    }
  | { step: 'in'; returnTo: string; until?: number }
  | ({ step: 'waiting'; approvers: readonly string[]; returnTo: string } & WaitingWish)
  | { step: 'denied'; by?: string; at?: number; comment?: string; returnTo: string }
  | { step: 'lapsed' | 'cancelled'; returnTo: string }
  | { step: 'refused'; problem: PimRefusal; returnTo: string }
)

export type Use = {
  from: number
  until?: number
  how: 'ran-out' | 'by-you' | 'by-other' | 'denied' | 'cancelled' | 'lapsed' | 'failed'
  by?: string
  reason?: string
  ticket?: string
  minutes?: number
}
export type MyAccess = {
  on?: {
    from: number
    until?: number
    reason?: string
    ticket?: string
    always: boolean
    /** When Microsoft allows ending it; in the past: now. */
    canEndAt?: number
    extendMinutes?: readonly number[]
    /** Until when, once the accepted extension begins. */
    nextUntil?: number
    /** They asked to end it then, and what became of that is not known. */
    endAskedAt?: number
  }
  canTurnOn?: FormOffer
  /** What was asked for a moment ago, and lists may not show yet. */
  isTurningOn?: boolean
  waiting?: WaitingWish & { approvers: readonly string[] }
  recent: readonly Use[]
  eligible: boolean
  eligibleUntil?: number
  /** Why it cannot be read. */
  problem?: PimRefusal
  /** Why an extension of the present period came to nothing, and who decided so. */
  notExtended?: { problem: PimRefusal; by?: string; comment?: string }
}

export type Ended =
  | { ended: true }
  /** `verdict`: left out, Microsoft was not asked. */
  | { ended: false; verdict?: Exclude<Verdict, 'done'>; problem: PimRefusal; canEndAt?: number }
export type Extended =
  | TurnOn
  /** Accepted: it lasted until `was` before, and lasts until `until` now. */
  | { kind: 'extended'; was?: number; until: number }
  /** A further period is there, or no end is set: nothing was asked for. */
  | { kind: 'lasts-already'; until?: number }
  | { kind: 'end-and-again'; problem: PimRefusal; canEndAt: number }
  | { kind: 'refused'; problem: PimRefusal }
export type Access = {
  /** Throws nothing of Graph's: what cannot be asked is an offer too. */
  offer(who: Who): Promise<Offer>
  turnOn(who: Who, form: unknown, returnTo: string): Promise<TurnOn>
  /** After the person proved more: the wish is sent. What does not fit it is over. */
  resume(who: Who, activation: string, steppedUpAt: number): Promise<TurnOn>
  /** What Entra must have proved for this wish, while it may still be sent. */
  claimsFor(who: Who, activation: string): Promise<string | undefined>
  /** Where the wish stands; asks the membership anew. `wanted`: where to go when nothing was begun here. */
  progress(who: Who, wanted?: string): Promise<Progress>
  cancel(who: Who): Promise<void>
  mine(who: Who): Promise<MyAccess>
  end(who: Who): Promise<Ended>
  /** Finds out what became of acts that were not answered. */
  findOut: FindOut
  extend(who: Who, form: unknown, returnTo: string): Promise<Extended>
}
