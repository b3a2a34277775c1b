import { clockToleranceMs } from '../../clock.ts'
import { GraphRefusal } from '../../entra/graph/refusal.ts'
import { NoAnswer } from '../../entra/outbound.ts'
import type { PimRequest } from '../../entra/pim/requests.ts'
import { isProblem, Problem } from '../../errors.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { surelyListedMs } from '../../session/record/plan.ts'
import { outcomeOfRequest } from '../acts/verdict.ts'
import { createShared, patient, soon } from '../reading/patience.ts'
import { type CarryingOutNeeds, endsAccess } from './carrying-out.ts'
import { askedOfLine, auditedActOfLine, type Order, type OrderLine } from './order.ts'
import { withLine } from './orders.ts'
import { askedBy, lineAfter, refusedLine } from './settling.ts'
import { orderRefusal } from './words.ts'

/** Within this time (ms) after a line was sent nobody asks PIM about it, because its answer is still under way. */
const lookAfterMs = 12_000

const actions = { assign: 'adminassign', change: 'adminupdate', extend: 'adminextend', remove: 'adminremove' } as const

/**
 * Makes the function that asks PIM about the lines of an order whose result is not known: whether a line that was never
 * answered was taken, and whether one that was taken has been carried out. It never sends anything again. Returns the order
 * as it stands now; where PIM does not answer, that is as before. Throws Problem('redis-away').
 */
export function createLookingAtOrders(needs: CarryingOutNeeds) {
  const { clock, orders, asAdministrator, administrationAt, trailAt, removals } = needs
  const now = () => clock().getTime()
  const shared = createShared<Order>()

  const isOpen = ({ stage, askedAt = 0 }: OrderLine) =>
    stage === 'waiting' || stage === 'unanswered' || (stage === 'asking' && now() - askedAt >= lookAfterMs)

  async function look(who: Who, order: Order): Promise<Order> {
    for (const line of order.lines.filter(isOpen)) await lookAt(who, order, line)
    return (await orders.read(who, order.id)) ?? order
  }

  async function lookAt(who: Who, order: Order, line: OrderLine): Promise<void> {
    const about = { kind: order.kind, principalId: line.person.objectId }
    const found = await asAdministrator(who, token => administrationAt(order.gate).requests(token, about))
    const request = found.find(each => isOf(each, { order, line, by: who.identity.objectId }))
    const isLost = !request && line.stage !== 'waiting' && now() - (line.askedAt ?? 0) >= surelyListedMs
    if (request) await settle(who, order, line, request)
    else if (isLost) await lose(who, order, line)
  }

  async function settle(who: Who, order: Order, line: OrderLine, request: PimRequest): Promise<void> {
    const after = lineAfter(request, line, now())
    if (after.stage === 'done' && endsAccess({ order, line }))
      await removals?.carriedOut(order.gate, line.person.objectId, line.askedAt ?? order.begunAt)
    const isChanged = await put(who, order, line, () => after)
    if (isChanged) await record(who, order, line, outcomeOfRequest(request, askedBy(line)))
  }

  /** PIM received no request that its lists do not show. But lists lag, so this counts only after they surely show it. */
  async function lose(who: Who, order: Order, line: OrderLine): Promise<void> {
    const isChanged = await put(who, order, line, each => refusedLine(each, orderRefusal('not-done')))
    if (isChanged) await record(who, order, line, { verdict: 'failed', status: 'not-done' })
  }

  const record = (who: Who, order: Order, line: OrderLine, outcome: ReturnType<typeof outcomeOfRequest>) =>
    trailAt(order.gate).found(
      auditedActOfLine(line),
      { act: line.act, actor: who.identity },
      { ...askedOfLine(order, line), ...outcome },
    )

  const put = (who: Who, order: Order, { act, stage }: OrderLine, edit: (line: OrderLine) => OrderLine) =>
    orders.change(who, order.id, found => {
      const isAsItWas = found.lines.some(line => line.act === act && line.stage === stage)
      return isAsItWas ? withLine(found, act, edit) : undefined
    })

  return async (who: Who, order: Order): Promise<Order> => {
    if (!order.lines.some(isOpen)) return order
    const looking = shared(`${who.sessionId} ${order.id}`, () => look(patient(who), order))
    return (await soon(who, looking).catch(undefinedIfRefused)) ?? order
  }
}
export type LookAtOrder = ReturnType<typeof createLookingAtOrders>

/** The request that PIM made of a line. If the answer with its id was lost, it is the administrator's own with the same reason. */
function isOf(found: PimRequest, { order, line, by }: { order: Order; line: OrderLine; by: string }): boolean {
  if (line.request) return found.id === line.request
  return (
    found.action === actions[line.what] &&
    found.createdAt >= (line.askedAt ?? 0) - 2 * clockToleranceMs &&
    (found.createdBy?.id ?? by) === by &&
    (found.reason ?? order.reason) === order.reason
  )
}

/** Where PIM does not answer, or does not show its requests, the receipt says what is known. */
function undefinedIfRefused(thrown: unknown): undefined {
  if (isProblem(thrown, 'redis-away')) throw thrown
  if (!(thrown instanceof GraphRefusal || thrown instanceof NoAnswer || thrown instanceof Problem)) throw thrown
}
