import type { Trail } from '../../audit/trail.ts'
import type { Clock } from '../../clock.ts'
import { GraphRefusal } from '../../entra/graph/refusal.ts'
import { signInAnew } from '../../entra/oidc/scopes.ts'
import { NoAnswer } from '../../entra/outbound.ts'
import type { PimAdministration } from '../../entra/pim/administration.ts'
import { Problem } from '../../errors.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { Log } from '../../observability.ts'
import { outcomeOfRequest, verdictOfThrown } from '../acts/verdict.ts'
import type { AsPerson } from '../reading/as-person.ts'
import { sameClaims } from '../wish/claims.ts'
import { askedOfLine, auditedActOfLine, type Order, type OrderLine } from './order.ts'
import { type Orders, readyLine, withLine } from './orders.ts'
import { orderRefusalFrom } from './refusals.ts'
import { askedBy, lineAfter, refusedLine } from './settling.ts'
import { orderRefusal } from './words.ts'

const mostChallenges = 2
/** Microsoft has too much to do, and does not say for how long, in ms. */
const usualRestMs = 30_000

export type CarryingOutNeeds = {
  clock: Clock
  log: Pick<Log, 'info'>
  orders: Orders
  asAdministrator: AsPerson
  administrationAt: (gate: string) => PimAdministration
  trailAt: (gate: string) => Trail
  /** Whether this person may still give orders. Without it they may. Throws Problem('redis-away'). */
  mayGoOn?: ((who: Who) => Promise<boolean>) | undefined
  removals?: Removals | undefined
}
/** Access that is on and is taken away also ends in this application, whatever Microsoft still says. */
export type Removals = {
  /** Called before PIM is asked, once the act is recorded. */
  begin: (who: Who, removal: { gate: string; person: OrderLine['person']; comment: string }) => Promise<void>
  /** Called when it is known that PIM has carried out what it was asked for at `askedAt` (epoch ms), before the line says so. */
  carriedOut: (gate: string, objectId: string, askedAt: number) => Promise<void>
}
type Taken = { order: Order; line: OrderLine }

/**
 * Makes the function that sends the lines of an order to PIM, as the administrator, one after the other and each once: a
 * line is marked as sent before it is sent, so whoever else works on the same order, in another tab or on another replica,
 * takes other lines. It goes on after a line that fails. It stops where Microsoft asks the administrator for a check or
 * has too much to do, and where there is no token: the other lines would meet the same. It stops as well before the next line
 * where the administrator is none any more. Throws Problem('redis-away').
 */
export function createCarryingOut(needs: CarryingOutNeeds) {
  const { clock, log, orders, asAdministrator, administrationAt, trailAt, removals } = needs
  const { mayGoOn = async () => true } = needs
  const now = () => clock().getTime()

  async function take(who: Who, id: string): Promise<Taken | undefined> {
    if (!(await mayGoOn(who))) return undefined
    let act = ''
    const order = await orders.change(who, id, found => {
      const next = found.lines.find(({ stage }) => stage === 'ready')
      if (!next || found.claims !== undefined || (found.restUntil ?? 0) > now()) return undefined
      act = next.act
      const { restUntil: _, ...rested } = found
      return withLine({ ...rested, workedAt: now() }, act, line => ({ ...line, stage: 'asking', askedAt: now() }))
    })
    return order && { order, line: order.lines.find(each => each.act === act) as OrderLine }
  }

  async function send(who: Who, taken: Taken): Promise<void> {
    const { order, line } = taken
    let isBegun = false
    try {
      const request = await trailAt(order.gate)(
        auditedActOfLine(line),
        { act: line.act, actor: who.identity },
        askedOfLine(order, line),
        async () => {
          isBegun = true
          if (endsAccess(taken))
            await removals?.begin(who, { gate: order.gate, person: line.person, comment: order.reason })
          return asAdministrator(who, token => submitted(token, taken), 'act')
        },
        found => outcomeOfRequest(found, askedBy(line)),
      )
      const after = lineAfter(request, line, now())
      if (after.stage === 'done' && endsAccess(taken))
        await removals?.carriedOut(order.gate, line.person.objectId, line.askedAt ?? now())
      await put(who, taken, () => after)
    } catch (thrown) {
      // An act that cannot be recorded is not done.
      if (!isBegun) await put(who, taken, readyLine).catch(() => {})
      if (!isBegun) throw thrown
      await failed(who, taken, thrown)
    }
  }

  function submitted(token: string, { order, line: { what, person } }: Taken) {
    const { gate, kind, until, reason, ticket } = order
    const pim = administrationAt(gate)
    const asked = { kind, principalId: person.objectId, reason, ...(ticket && { ticket }) }
    if (what === 'remove') return pim.remove(token, asked)
    const act = { assign: pim.assign, change: pim.update, extend: pim.extend }[what]
    return act(token, { ...asked, ...(until !== undefined && { until }) })
  }

  async function failed(who: Who, taken: Taken, thrown: unknown): Promise<void> {
    log.info({ event: 'order-refused', gate: taken.order.gate, oid: who.identity.objectId, error: thrown })
    // The act may have happened. The receipt asks PIM about it; it is never sent again before that.
    if (verdictOfThrown(thrown) === 'unanswered') return put(who, taken, line => ({ ...line, stage: 'unanswered' }))
    if (thrown instanceof NoAnswer) return rest(who, taken, thrown.retryAfterMs ?? usualRestMs)
    const problem = orderRefusalFrom(thrown)
    if (problem.code === 'check-needed')
      return challenged(who, taken, (thrown instanceof GraphRefusal && thrown.claims) || signInAnew)
    if (thrown instanceof Problem) return refuseAll(who, taken, thrown)
    return put(who, taken, line => refusedLine(line, problem))
  }

  /** The administrator must prove more. A demand that they have met already would be made for ever. */
  async function challenged(who: Who, taken: Taken, claims: string): Promise<void> {
    const { id, challenges } = taken.order
    const isInVain = challenges >= mostChallenges || sameClaims(taken.order.claimsBefore, claims)
    if (isInVain) return put(who, taken, line => refusedLine(line, orderRefusal('check-in-vain')))
    await orders.change(who, id, found => {
      const ready = withLine(found, taken.line.act, readyLine)
      return ready && { ...ready, claims, challenges: found.challenges + 1 }
    })
  }

  async function rest(who: Who, { order, line }: Taken, ms: number): Promise<void> {
    await orders.change(who, order.id, found => {
      const ready = withLine(found, line.act, readyLine)
      return ready && { ...ready, restUntil: now() + ms }
    })
  }

  async function refuseAll(who: Who, { order, line }: Taken, problem: Problem): Promise<void> {
    const why = orderRefusalFrom(problem)
    await orders.change(who, order.id, found => ({
      ...found,
      lines: found.lines.map(each => (each.act === line.act || each.stage === 'ready' ? refusedLine(each, why) : each)),
    }))
  }

  /** Changes the line, if it is still as it was sent. */
  async function put(who: Who, { order, line }: Taken, edit: (line: OrderLine) => OrderLine): Promise<void> {
    await orders.change(who, order.id, found =>
      withLine(found, line.act, each => (each.stage === 'asking' ? edit(each) : each)),
    )
  }

  return async (who: Who, id: string): Promise<void> => {
    // Nothing more is taken of an order that waits for a check, rests, or has no line left.
    for (let taken = await take(who, id); taken; taken = await take(who, id)) await send(who, taken)
  }
}
/** Whether a line takes away access that is on. To take away a permission ends no access. */
export const endsAccess = ({ order, line }: Taken): boolean => line.what === 'remove' && order.kind === 'active'

export type CarryOut = ReturnType<typeof createCarryingOut>
