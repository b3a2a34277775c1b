import type { OneRequest, WaitingRequest } from '../../pim/approval-answers.ts'
import { instantOf, spoken } from '../shell/instant.ts'
import { doorGate } from './circumstances.ts'
import { requestModel } from './offer-model.ts'

/** The gate that a request is about: its name and its title. */
type OfGate = { gate: string; title: string }

/** One line of the list of requests that are waiting for this person's answer. */
export const waitingRow = (waiting: WaitingRequest, { gate, title }: OfGate, now: Date) => ({
  id: waiting.id,
  gate: doorGate(gate),
  groupName: title,
  name: waiting.name,
  ...requestModel(waiting, now),
})

type Answered = { problem?: string; error?: string; comment?: string; reference?: string }

/** The page of one request. A comment that could not be sent comes back with it. */
export function approvalModel(
  one: OneRequest,
  gate: OfGate,
  now: Date,
  { problem = '', error = '', comment = '', reference = '' }: Answered = {},
) {
  const at = (ms: number | undefined) => (ms === undefined ? undefined : instantOf(new Date(ms), now))
  return {
    ...waitingRow(one, gate, now),
    isWaiting: one.state === 'waiting',
    verdict: verdicts[one.result ?? 'approved'],
    result: one.result ?? '',
    handledBy: one.handledBy ?? '',
    handledAt: at(one.handledAt),
    handledComment: one.comment ?? '',
    lastUses: one.lastUses.map(use => ({
      at: instantOf(new Date(use.at), now),
      length: use.minutes ? spoken(use.minutes) : '',
      reason: use.reason ?? '',
      result: outcomes[use.result] ?? use.result,
    })),
    alsoIn: one.alsoIn?.map(({ name, until }) => ({ name, until: at(until) })),
    isOwn: one.isOwn,
    commentNeeded: one.commentNeeded,
    problem,
    error,
    comment,
    reference,
  }
}

/** How earlier requests ended: PIM's status, in our words. */
const outcomes: Record<string, string> = {
  provisioned: 'turned on',
  granted: 'turned on',
  schedulecreated: 'turned on',
  revoked: 'turned on, ended early',
  canceled: 'cancelled',
  failed: 'lapsed or failed',
  pendingapproval: 'waiting',
  other: 'unknown',
}

const verdicts = { approved: 'approved', denied: 'denied', cancelled: 'cancelled', lapsed: 'lapsed' } as const
