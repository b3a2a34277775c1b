import type { Clock } from '../../clock.ts'
import { Problem } from '../../errors.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { lagMs } from '../../session/record/plan.ts'
import type { FindOut } from '../acts/finding.ts'
import type { MyAccess } from '../answers.ts'
import { formOf, pendingWish, waitingWish } from '../offers.ts'
import { refusalFrom, unreachable } from '../refusals/from-graph.ts'
import {
  type Activation,
  type Activations,
  isNotExtended,
  isOnItsWay,
  outcomeIn,
  problemIn,
} from '../wish/activation.ts'
import { durationsFor } from '../wish/form.ts'
import type { Outlook } from '../wish/looking.ts'
import type { OwnPlan } from './own-plan.ts'
import { recentIn, requestOf, shortestStayMs, stretchOf } from './periods.ts'
import { isUnanswered, type Reads } from './readings.ts'

/** A person's own access at one look: what is on, what waits, what can be turned on, what was. */
export function createOverview({
  clock,
  activations,
  reads,
  look,
  findOut,
  ownPlan,
}: {
  clock: Clock
  activations: Activations
  reads: Reads
  look: Outlook
  findOut: FindOut
  ownPlan: Pick<OwnPlan, 'latest' | 'seen'>
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
    const { open } = await findOut(who)
    const base = await ownPlan.latest(who)
    const question = { base, askedAt: now() }
    const [{ eligibility, spans, requests, rules, approvers }, known] = await Promise.all([
      reads.readings(who),
      activations.read(who).then(found => current(who, found)),
    ])
    const activation = known && isOnItsWay(known, now()) ? known : undefined
    const pending = requests.find(({ status, action }) => status === 'pendingapproval' && action === 'selfactivate')
    const hereAt = known?.ending?.code === 'ended-here' ? known.ending.at : undefined
    const endedAt = Math.max(hereAt ?? 0, base?.endedAt ?? 0)
    const stretch = stretchOf(spans, { now: now(), endedAt })
    if (stretch && stretch.until !== base?.until) await ownPlan.seen(who, spans, question)
    const on = stretch && onOf(stretch)
    const form = formOf({ rules, requests, approvers, activation: known, returned: {}, now: now() })
    const waiting = activation?.stage === 'waiting' ? waitingWish(activation) : pending && pendingWish(pending)
    const isTurningOn = !on && !waiting && isNew(known, now())
    const notExtended = known && on && isNotExtended(known, now()) ? whyNot(known) : undefined
    return {
      eligible: eligibility.eligible,
      ...(eligibility.eligible && eligibility.until !== undefined && { eligibleUntil: eligibility.until }),
      ...(on && { on }),
      ...(waiting && { waiting: { ...waiting, approvers } }),
      ...(isTurningOn && { isTurningOn }),
      ...(!on && !waiting && !isTurningOn && eligibility.eligible && { canTurnOn: form }),
      ...(notExtended && { notExtended }),
      recent: recentIn(requests, { now: now(), spans, endedAt }),
    }

    function onOf({ current, next, until: last }: NonNullable<typeof stretch>): MyAccess['on'] {
      const { from, until, kind } = current
      const request = requestOf(current, requests)
      const isOwn = kind === 'activated'
      const ending = open.find(each => each.kind === 'ending')
      return {
        from,
        always: last === undefined,
        ...(until !== undefined && { until }),
        ...(request?.reason && { reason: request.reason }),
        ...(request?.ticket && { ticket: request.ticket }),
        ...(isOwn && { canEndAt: from + shortestStayMs }),
        ...(isOwn &&
          until !== undefined &&
          !next &&
          eligibility.eligible && { extendMinutes: durationsFor(rules.longestMinutes) }),
        ...(next && last !== undefined && { nextUntil: last }),
        ...(ending && { endAskedAt: ending.sentAt }),
      }
    }
  }

  /** What was not answered, or waits, is looked at again; without an answer it stays as it was. */
  async function current(who: Who, known: Activation | undefined): Promise<Activation | undefined> {
    const isOpen = isOnItsWay(known, now()) && outcomeIn(known).verdict !== 'done'
    return isOpen ? look(who, known).catch(() => known) : known
  }
}

function whyNot(extension: Activation): MyAccess['notExtended'] {
  const { code = '', by, comment } = extension.ending ?? {}
  if (quiet.has(code)) return undefined
  return { problem: problemIn(extension), ...(by && { by }), ...(comment && { comment }) }
}

/** Done by the person, or by what ended access altogether. */
const quiet = new Set(['cancelled', 'ended-here', 'ended-elsewhere'])

/** Sent, or accepted, so short a while ago that the lists may not show it. */
const isNew = (activation: Activation | undefined, now: number): boolean =>
  activation?.stage === 'asking' ||
  ((activation?.stage === 'accepted' || activation?.stage === 'in') && now - (activation.acceptedAt ?? 0) < lagMs)
