import type { Clock } from '../clock.ts'
import { Problem } from '../errors.ts'
import type { Who } from '../gate/pim-token.ts'
import type { MyAccess } from './access.ts'
import { type Activations, isOnItsWay, problemIn } from './activation.ts'
import { currentOf, recentIn, requestOf, shortestStayMs } from './my-access.ts'
import { formOf, pendingWish, waitingWish } from './offers.ts'
import { isUnanswered, type Reads } from './readings.ts'
import { refusalFrom, unreachable } from './refusals.ts'
import { durationsFor } from './wish.ts'

/** A person's own access at one look: what is on, what waits, what can be turned on, what was. */
export function createOverview({
  clock,
  activations,
  reads,
}: {
  clock: Clock
  activations: Activations
  reads: Reads
}) {
  const now = () => clock().getTime()

  return async function mine(who: Who): Promise<MyAccess> {
    try {
      return await read(who)
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.code === 'redis-away') throw thrown
      return { recent: [], eligible: false, problem: isUnanswered(thrown) ? unreachable : refusalFrom(thrown) }
    }
  }

  async function read(who: Who): Promise<MyAccess> {
    const [{ eligibility, spans, requests, rules, approvers }, known] = await Promise.all([
      reads.readings(who),
      activations.read(who),
    ])
    const activation = known && isOnItsWay(known, now()) ? known : undefined
    const pending = requests.find(({ status, action }) => status === 'pendingapproval' && action === 'selfactivate')
    const endedHere = known?.ending?.code === 'ended-here' ? (known.ending.at ?? 0) : 0
    const span = currentOf(
      spans.filter(({ from }) => from >= endedHere),
      now(),
    )
    const on = span && onOf(span)
    const form = formOf({ rules, requests, approvers, activation: known, returned: {}, now: now() })
    const waiting = activation?.stage === 'waiting' ? waitingWish(activation) : pending && pendingWish(pending)
    const failed = known?.kind === 'extend' && known.stage === 'over' ? problemIn(known) : undefined
    return {
      eligible: eligibility.eligible,
      ...(eligibility.eligible && eligibility.until !== undefined && { eligibleUntil: eligibility.until }),
      ...(on && { on }),
      ...(waiting && { waiting: { ...waiting, approvers } }),
      ...(!on && !waiting && eligibility.eligible && { canTurnOn: form }),
      ...(failed && on && { problem: failed }),
      recent: recentIn(requests, now()),
    }

    function onOf(current: NonNullable<typeof span>): MyAccess['on'] {
      const { from, until, kind } = current
      const request = requestOf(current, requests)
      const next = until === undefined ? undefined : spans.find(each => each.from > from && each.from <= until + 5_000)
      const isOwn = kind === 'activated'
      return {
        from,
        always: until === undefined,
        ...(until !== undefined && { until }),
        ...(request?.reason && { reason: request.reason }),
        ...(request?.ticket && { ticket: request.ticket }),
        ...(isOwn && { canEndAt: from + shortestStayMs }),
        ...(isOwn &&
          until !== undefined &&
          !next &&
          eligibility.eligible && { extendMinutes: durationsFor(rules.longestMinutes) }),
        ...(next?.until !== undefined && { nextUntil: next.until }),
      }
    }
  }
}
