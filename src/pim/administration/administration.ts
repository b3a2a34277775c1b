import type { Trail } from '../../audit/trail.ts'
import type { Clock } from '../../clock.ts'
import { administratorsGate, membersGate } from '../../config/gates.ts'
import type { PeopleSearch } from '../../entra/directory/people-search.ts'
import { GraphRefusal } from '../../entra/graph/refusal.ts'
import { defaultGivingRules, type GivingRules } from '../../entra/pim/giving-rules.ts'
import { isProblem, Problem } from '../../errors.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { Gate } from '../../gate/gate.ts'
import type { Log } from '../../observability.ts'
import { waitAtMost } from '../../patience.ts'
import { isMember } from '../../session/record/membership.ts'
import { fingerprint } from '../../session/sealing/seal.ts'
import type { Stores } from '../../session/stores.ts'
import { createAsPerson } from '../reading/as-person.ts'
import { patient, whilePageWaits } from '../reading/patience.ts'
import { createCarryingOut, type Removals } from './carrying-out.ts'
import { createLookingAtOrders } from './looking.ts'
import { isLeftOver, mostPeople, type Order, type OrderAct, type OrderLine } from './order.ts'
import { createOrders, newOrderId, readyLine } from './orders.ts'
import { createPreview } from './preview.ts'
import { refusedLine } from './settling.ts'
import { orderRefusal } from './words.ts'

/** A page waits no longer than this for an order, in ms. The receipt shows the rest. */
const longestWaitMs = 4_000

/** An order as a page gives it. `id`: the id of the form, so that a form that is sent twice is one order. */
export type OrderWish = Pick<Order, 'gate' | 'kind' | 'reason'> &
  Partial<Pick<Order, 'id' | 'until' | 'ticket'>> & {
    people: readonly (OrderLine['person'] & { what: OrderAct })[]
  }
/** The answer to an order. `step-up`: Entra must prove these claims before the rest is sent. */
export type OrderAnswer = { kind: 'receipt'; id: string } | { kind: 'step-up'; id: string; claims: string }

type Below = {
  clock: Clock
  log: Log
  stores: Pick<Stores, 'aboutGate'>
  gate: Pick<Gate, 'gates' | 'administrationToken' | 'budget'> & { search: PeopleSearch }
  /** The trail of the acts at the gate of this name. */
  trailAt: (gate: string) => Trail
  removals?: Removals
}

/**
 * All that administrators do about other people's access, at each gate that has a group. Whoever calls it has asked the
 * gate `administrators` already. Every method throws Problem('redis-away') when Redis does not answer.
 */
export function createAdministration({ clock, log, stores, gate, trailAt, removals }: Below) {
  const now = () => clock().getTime()
  const administered = gate.gates.all.flatMap(({ name, title, pim }) => (pim ? [{ gate: name, title, pim }] : []))
  const at = (name: string) => administered.find(each => each.gate === name)
  const administrationAt = (name: string) => {
    const found = at(name)
    if (!found) throw new Problem('not-found')
    return found.pim.administration
  }
  const asAdministrator = createAsPerson(gate.administrationToken, gate.budget)
  const orders = createOrders({ notes: stores.aboutGate(membersGate).notes, clock })
  const needs = { clock, log, orders, asAdministrator, administrationAt, trailAt, removals, mayGoOn }
  const carryOut = createCarryingOut(needs)
  const look = createLookingAtOrders(needs)
  const preview = createPreview({ asAdministrator, search: gate.search, administrationAt })

  /** An order may take minutes. Who loses the gate meanwhile, or the session, gives no more access from then on. */
  async function mayGoOn({ sessionId }: Who): Promise<boolean> {
    const administrators = gate.gates.find(administratorsGate)
    // The pages of the administration exist only where their gate does.
    if (!administrators) return true
    const record = await administrators.sessions.read(sessionId)
    return record !== undefined && isMember(administrators.known(record))
  }

  /** Sends what is ready, and answers once all is sent or the page waits no longer. */
  async function sent(who: Who, id: string): Promise<OrderAnswer> {
    const work = carryOut(patient(who), id)
    // When this fails, the page may be gone already: the log tells the operator, and the receipt tells the administrator.
    work.catch(error => log.error({ event: 'order-failed', oid: who.identity.objectId, error }))
    try {
      await waitAtMost(
        longestWaitMs,
        whilePageWaits(who, work, () => undefined),
        () => undefined,
      )
      const { claims } = (await orders.read(who, id)) ?? {}
      return claims ? { kind: 'step-up', id, claims } : { kind: 'receipt', id }
    } catch (thrown) {
      // Some of it may have been done. Only the receipt says what, as soon as Redis answers again.
      if (!isProblem(thrown, 'redis-away')) throw thrown
      return { kind: 'receipt', id }
    }
  }

  async function order(who: Who, wish: OrderWish): Promise<OrderAnswer> {
    const { id = newOrderId(), people, ...about } = wish
    administrationAt(about.gate)
    const lines = people.slice(0, mostPeople).map(({ what, ...person }) => lineFor(who, { person, what }))
    await orders.begin(who, { id, ...about, lines })
    return sent(who, id)
  }

  return {
    /** The gates whose access can be given here, in the order of the settings. */
    gates: administered.map(({ gate, title }) => ({ gate, title })),

    /** The rules of a gate for giving access; `known` is false where this administrator may not read them: Graph decides then. */
    async rulesAt(who: Who, name: string): Promise<GivingRules & { known: boolean }> {
      try {
        return { ...(await asAdministrator(who, administrationAt(name).rules, 'act')), known: true }
      } catch (thrown) {
        if (!(thrown instanceof GraphRefusal) || thrown.claims) throw thrown
        return { ...defaultGivingRules, known: false }
      }
    },

    preview: preview.lines,

    /** Gives access, moves its end, or takes it away, as this administrator. An order of this id that was begun goes on. */
    order,

    /** The order of this id, with all that PIM says of it by now; undefined where this administrator gave no such order. */
    async receipt(who: Who, id: string): Promise<Order | undefined> {
      const found = await orders.read(who, id)
      return found && look(who, found)
    },

    /** Sends what is left of an order; with `refused`, once more what did not happen. Each is another act then. */
    async sendRest(who: Who, id: string): Promise<OrderAnswer> {
      await orders.change(who, id, found => {
        if (found.lines.some(({ stage }) => stage === 'asking') && !isLeftOver(found, now())) return undefined
        const lines = found.lines.map(line => (maySendAgain(line) ? readyLine(line) : line))
        const { claims: _, restUntil: __, ...rest } = found
        return { ...rest, lines, workedAt: now() }
      })
      return sent(who, id)
    },

    /** Takes back what a line of an order gave. The same line is taken back once, however often that is asked for. */
    async undo(who: Who, id: string, act: string): Promise<OrderAnswer | undefined> {
      const found = await orders.read(who, id)
      const line = found?.lines.find(each => each.act === act && each.what === 'assign' && each.stage === 'done')
      if (!found || !line) return undefined
      const { gate, kind, reason, ticket } = found
      return order(who, {
        id: undoIdOf(act),
        gate,
        kind,
        reason: [...`Undone: ${reason}`].slice(0, 500).join(''),
        ...(ticket && { ticket }),
        people: [{ ...line.person, what: 'remove' }],
      })
    },

    /** The orders that took back what lines of this one gave, by the acts of those lines. */
    async undone(who: Who, { lines }: Order): Promise<ReadonlyMap<string, Order>> {
      const given = lines.filter(({ what, stage }) => what === 'assign' && stage === 'done')
      const found = await Promise.all(given.map(({ act }) => orders.read(who, undoIdOf(act))))
      const known = given.flatMap(({ act }, index) => (found[index] ? [[act, found[index]] as const] : []))
      return new Map(known)
    },

    /** The claims that Entra must prove for this order; undefined when it waits for none. */
    claimsFor: async (who: Who, id: string): Promise<string | undefined> => (await orders.read(who, id))?.claims,

    /** Goes on with an order after the administrator proved more. */
    async resume(who: Who, id: string): Promise<OrderAnswer> {
      await orders.change(who, id, ({ claims, ...found }) =>
        claims === undefined ? undefined : { ...found, claimsBefore: claims },
      )
      return sent(who, id)
    },
  }
}
export type Administration = ReturnType<typeof createAdministration>

/** The id of the order that takes back what this act gave. */
export const undoIdOf = (act: string): string => fingerprint(`undo ${act}`)

/** Nobody gives themselves access, whatever a form says. Taking one's own access away is no way to get more. */
function lineFor(who: Who, line: Pick<OrderLine, 'person' | 'what'>): OrderLine {
  const isOwn = line.person.objectId.toLowerCase() === who.identity.objectId.toLowerCase()
  const ready = readyLine(line)
  return isOwn && line.what !== 'remove' ? refusedLine(ready, orderRefusal('yourself')) : ready
}

const maySendAgain = ({ stage, problem }: OrderLine): boolean => stage === 'refused' && problem?.next === 'again'
