import type { Verdict } from '../audit/trail.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import type { FindOut } from './acts/finding.ts'
import type { PimRefusal } from './refusals/words.ts'
import type { Typed, WishErrors } from './wish/form.ts'
import type { WaitingWish } from './wish/waiting.ts'

/** The form by which a person may turn on access. Every limit is the policy's present limit. */
export type FormOffer = {
  /** The minutes that the policy allows, shortest first, and the one of them that is proposed. */
  choices: readonly number[]
  minutes: number
  longestMinutes: number
  ticket: boolean
  needs: { passkey: boolean; approval: boolean; approvers: readonly string[] }
  /** The last time that this person turned access on. */
  last?: { at: number; minutes: number; reason: string; ticket?: string }
  /** For a form that comes back: the text that was typed before, and why the form comes back. */
  typed?: Typed
  errors?: WishErrors
  problem?: PimRefusal
  /** False: the policy may not be read with this person's token, so Microsoft's answer decides. */
  rulesKnown: boolean
}

/** The way on for a refused person. Instants in epoch ms, here and below. */
export type Offer = { /** The last time that access was on, and how it ended. */ lastUse?: Use } & (
  | { kind: 'form'; form: FormOffer }
  | { kind: 'waiting'; request: WaitingWish; approvers: readonly string[] }
  | { kind: 'turning-on' }
  | { kind: 'on'; from?: number; until?: number }
  | { kind: 'not-eligible'; endedAt?: number }
  /** An administrator ended access here, and Microsoft still lists the person. */
  | { kind: 'being-taken-away' }
  | { kind: 'cannot-tell' }
  | { kind: 'unavailable'; problem: PimRefusal }
)

/** Entra must prove these claims before the wish is sent. `activation` is the id of the wish. */
export type StepUpAnswer = { kind: 'step-up'; activation: string; claims: string; returnTo: string }
/**
 * The answer to the form for turning on access. `form`: the person is led back, with the faults or with another offer.
 */
export type TurnOnAnswer =
  | { kind: 'form'; offer: Offer }
  | StepUpAnswer
  /** The progress page tells the rest. `returnTo`: only where it leads elsewhere than the form asked for. */
  | { kind: 'progress'; returnTo?: string }

/** Where a wish stands. `kind`: whether it is an extension while access is on, or a new period. */
export type Progress = { kind?: 'turn-on' | 'extend' } & (
  | {
      step: 'none'
      /** The wish is not sent, because a check that Microsoft asks for is not finished. */
      isKept?: true
      returnTo: string
    }
  | {
      step: 'asking' | 'accepted'
      /** Microsoft has put the wish in force. Before that Microsoft has only taken it. */
      isInForce?: boolean
      /** Access was on, or on its way, before this wish was sent. */
      wasOn?: boolean
      since: number
      acceptedAt?: number
      steppedUpAt?: number
      minutes: number
      returnTo: string
      reference?: string
    }
  | { step: 'in'; returnTo: string; until?: number }
  /** The group that carries the role has the person, but tokens of this sign-in do not name the role: a new sign-in may. */
  | { step: 'sign-in'; returnTo: string }
  | ({ step: 'waiting'; approvers: readonly string[]; returnTo: string } & WaitingWish)
  | { step: 'denied'; by?: string; at?: number; comment?: string; returnTo: string }
  | { step: 'lapsed' | 'cancelled'; returnTo: string }
  | { step: 'refused'; problem: PimRefusal; returnTo: string }
)

/** One time that a person asked for access, and how that ended. Instants in epoch ms. */
export type Use = {
  from: number
  until?: number
  how: 'ran-out' | 'by-you' | 'by-other' | 'denied' | 'cancelled' | 'lapsed' | 'failed'
  by?: string
  reason?: string
  ticket?: string
  minutes?: number
}
/** A person's own access at one look. */
export type MyAccess = {
  on?: {
    from: number
    until?: number
    reason?: string
    ticket?: string
    always: boolean
    /** When Microsoft allows ending access; in the past: now. Left out where the person may not end it. */
    canEndAt?: number
    extendMinutes?: readonly number[]
    /** The end of access once the accepted extension has begun. */
    nextUntil?: number
    /** The person asked to end access then, and the result is not known. */
    endAskedAt?: number
  }
  canTurnOn?: FormOffer
  /** Access was asked for a moment ago, and lists may not show it yet. */
  isTurningOn?: boolean
  waiting?: WaitingWish & { approvers: readonly string[] }
  recent: readonly Use[]
  eligible: boolean
  eligibleUntil?: number
  /** Why access cannot be read. */
  problem?: PimRefusal
  /** Why an extension of the present period came to nothing, and who decided so. */
  notExtended?: { problem: PimRefusal; by?: string; comment?: string }
}

/** The answer to ending access. */
export type EndAnswer =
  | { ended: true }
  /** `verdict`: left out where Microsoft was not asked. */
  | { ended: false; verdict?: Exclude<Verdict, 'done'>; problem: PimRefusal; canEndAt?: number }
/** The answer to asking for more time. */
export type ExtendAnswer =
  | TurnOnAnswer
  /** Accepted: access lasted until `was` before, and lasts until `until` now. */
  | { kind: 'extended'; was?: number; until: number }
  /** Access has a further period already, or no end: nothing was asked for. */
  | { kind: 'lasts-already'; until?: number }
  /** This tenant takes no second period. The person can end access at `canEndAt`, and turn it on again. */
  | { kind: 'end-and-again'; problem: PimRefusal; canEndAt: number }
  | { kind: 'refused'; problem: PimRefusal }

/**
 * All that people do about their own access. Every method throws Problem('redis-away') when Redis does not answer.
 * Microsoft's refusals and silence are answers, except for `cancel`, which has nothing to say without Microsoft.
 */
export type Access = {
  /** The way on for a person whom the gate refused. */
  offer(who: Who): Promise<Offer>
  turnOn(who: Who, form: unknown, returnTo: string): Promise<TurnOnAnswer>
  /** Sends the wish of this id, after the person proved more at `steppedUpAt`. */
  resume(who: Who, activation: string, steppedUpAt: number): Promise<TurnOnAnswer>
  /** The claims that Entra must prove for this wish; undefined when it cannot be sent any more. */
  claimsFor(who: Who, activation: string): Promise<string | undefined>
  /** Where the wish stands; asks for the membership anew. `wanted`: where to go on to when nothing was begun here. */
  progress(who: Who, wanted?: string): Promise<Progress>
  /** Takes back a request that waits for approval. Throws Problem('graph-silent') and Problem('graph-refused'). */
  cancel(who: Who): Promise<void>
  mine(who: Who): Promise<MyAccess>
  end(who: Who): Promise<EndAnswer>
  extend(who: Who, form: unknown, returnTo: string): Promise<ExtendAnswer>
  /** Finds out the results of acts that were not answered. */
  findOut: FindOut
}
