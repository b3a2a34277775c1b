import type { Clock } from '../clock.ts'
import type { Pim, PimRequest } from '../entra/pim.ts'
import type { Who } from '../gate/pim-token.ts'
import { type Activation, type Activations, settled } from './activation.ts'
import type { AsPerson } from './as-person.ts'
import { refusalOf } from './refusals.ts'
import { refused } from './turning-on.ts'

/** Before this nobody looks: the answer to what was sent is under way. After that what is not there did not happen. */
const lookAfterMs = 4_500
const notThereAfterMs = 25_000
const clockToleranceMs = 60_000

/**
 * Looks at Microsoft's side of a wish that is on its way: whether something happened that was never answered, whether it
 * was approved, denied, cancelled or left to lapse. Nothing is ever sent again from here.
 */
export function createOutlook({
  clock,
  pim,
  asPerson,
  activations,
}: {
  clock: Clock
  pim: Pim
  asPerson: AsPerson
  activations: Activations
}) {
  const now = () => clock().getTime()

  /** The wish as it stands now. Throws what Graph throws when it does not answer. */
  return async function look(who: Who, activation: Activation): Promise<Activation> {
    const { stage, askedAt = 0 } = activation
    if (stage === 'asking' && now() - askedAt < lookAfterMs) return activation
    const request = await asPerson(who, token => requestOf(token, activation))
    const change = (edit: (found: Activation) => Activation) =>
      activations
        .change(who, activation.id, found => (found.stage === stage ? edit(found) : undefined))
        .then(changed => changed ?? activation)
    if (!request) {
      const isLost = stage === 'asking' && now() - askedAt >= notThereAfterMs
      return isLost ? change(found => refused(found, refusalOf('not-done'), now())) : activation
    }
    const next = settled(activation, request, now())
    if (JSON.stringify(next) === JSON.stringify(activation)) return activation
    const verdict = next.ending?.code === 'denied' ? await verdictOf(who, request) : {}
    return change(found => {
      const edited = settled(found, request, now())
      return edited.ending ? { ...edited, ending: { ...edited.ending, ...verdict } } : edited
    })
  }

  async function requestOf(token: string, { request, kind, askedAt = 0, wish }: Activation) {
    if (request) return pim.request(token, request)
    const own = await pim.requests(token, 'principal')
    const isOurs = (found: PimRequest) =>
      found.action === 'selfactivate' &&
      found.createdAt >= askedAt - clockToleranceMs &&
      (found.reason ?? wish.reason) === wish.reason
    const isWaiting = (found: PimRequest) => found.status === 'pendingapproval'
    return own.find(isOurs) ?? (kind === 'turn-on' ? own.find(isWaiting) : undefined)
  }

  /** Who said no, and why; a requester may not be allowed to read it. */
  async function verdictOf(who: Who, { approvalId, id }: PimRequest) {
    const approval = await asPerson(who, token => pim.approval(token, approvalId ?? id)).catch(() => undefined)
    const stage = approval?.stages.find(({ result }) => result === 'deny')
    return {
      ...(stage?.reviewedBy?.name && { by: stage.reviewedBy.name }),
      ...(stage?.comment && { comment: stage.comment }),
      ...(stage?.reviewedAt && { at: stage.reviewedAt }),
    }
  }
}
export type Outlook = ReturnType<typeof createOutlook>
