import type { Who } from '../gate/asking/pim-token.ts'
import type { PimRefusal } from './refusals/words.ts'
import type { WaitingWish } from './wish/waiting.ts'

/** A request that waits for somebody's yes: who asks, and for what. Instants in epoch ms, here and below. */
export type WaitingRequest = WaitingWish & {
  id: string
  principalId: string
  name: string
  /** Left out where the approver may not read it. */
  username?: string
}

/** The decision on a request, where there is one. */
export type RequestDecision = {
  state: 'waiting' | 'handled'
  result?: 'approved' | 'denied' | 'cancelled' | 'lapsed'
  handledBy?: string
  handledAt?: number
  comment?: string
}

/** A request with all that an approver needs to decide it. */
export type OneRequest = WaitingRequest &
  RequestDecision & {
    /** The id of PIM's approval, by which the request is decided. */
    approvalId: string
    /** The last five times that this person asked. */
    lastUses: readonly { at: number; minutes?: number; reason?: string; result: string }[]
    /** Who else has access now; left out where the application has no list of the group. */
    alsoIn?: readonly { name: string; until?: number }[]
    isOwn: boolean
    commentNeeded: boolean
  }

/** The answer to a decision. `handled`: somebody was first, or the request is the approver's own. */
export type DecideAnswer =
  | { kind: 'done' }
  | { kind: 'handled'; request: OneRequest }
  | { kind: 'refused'; problem: PimRefusal }
  | { kind: 'form'; errors: { comment: string } }

/** All that approvers do. Every method throws Problem('redis-away') when Redis does not answer. */
export type Approvals = {
  /** The requests that wait for this person. Throws Problem('graph-silent') and Problem('graph-refused'). */
  list(who: Who): Promise<readonly WaitingRequest[]>
  /**
   * Undefined for a request that this person may not see. Throws Problem('graph-silent') and Problem('graph-refused').
   */
  one(who: Who, id: string): Promise<OneRequest | undefined>
  decide(who: Who, id: string, decision: { approve: boolean; comment: string }): Promise<DecideAnswer>
}
