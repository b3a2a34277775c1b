import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { type Notes, noteOf, parsedNote } from '../../session/replicas/notes.ts'
import { fingerprint } from '../../session/sealing/seal.ts'
import { type Order, type OrderLine, orderShape } from './order.ts'

/** A request may wait for so long until Microsoft has carried it out, and its receipt can be read as long. */
const lifeMs = 26 * 3_600_000

const parsed = (text: string | undefined) => parsedNote(orderShape, text)

/** The id of a new order: it names one form, so that a form that is sent twice is one order. */
export const newOrderId = (): string => randomBytes(16).toString('base64url')
/** Whether a text can be the id of an order. */
export const isOrderId = (text: string): boolean => /^[\w-]{22}$/.test(text)

/**
 * The id of the order that a form gives: of the form, and of all that it says. The same form sent twice is one order. Sent with
 * something else in it (from a page that was left open, or edited), it is another one, and nobody reads the receipt of the first
 * for it. A text that is no id of a form gives a new order.
 */
export const orderIdOf = (form: string, says: readonly unknown[]): string =>
  isOrderId(form) ? fingerprint(`order ${JSON.stringify([form, ...says])}`) : newOrderId()

/** A line as it is before it is sent. Sent again, it is another act. */
export const readyLine = ({ person, what }: Pick<OrderLine, 'person' | 'what'>): OrderLine => ({
  person,
  what,
  act: randomUUID(),
  stage: 'ready',
})

/**
 * The orders of administrators, shared by all replicas. Each belongs to the administrator who gave it: the id alone leads
 * nobody else to it. A change is written only if nobody has changed the order since it was read. Every method throws
 * Problem('redis-away') when Redis does not confirm.
 */
export function createOrders({ notes, clock }: { notes: Notes; clock: Clock }) {
  const nameOf = ({ identity }: Who, id: string) => `${noteOf('order', identity)}:${id}`

  return {
    read: async (who: Who, id: string): Promise<Order | undefined> => parsed(await notes.read(nameOf(who, id))),

    /** Begins an order. Where the same form began it before, that order stays as it is. */
    async begin(
      who: Who,
      order: Pick<Order, 'id' | 'gate' | 'kind' | 'reason' | 'lines'> & Partial<Order>,
    ): Promise<void> {
      const at = clock().getTime()
      const fresh: Order = { challenges: 0, ...order, begunAt: at, workedAt: at }
      await notes.change(nameOf(who, order.id), text => (parsed(text) ? undefined : JSON.stringify(fresh)), lifeMs)
    },

    /** Changes an order and returns it; undefined where there is none, or `edit` leaves it. `edit` may be called again. */
    async change(who: Who, id: string, edit: (order: Order) => Order | undefined): Promise<Order | undefined> {
      let after: Order | undefined
      const isChanged = await notes.change(
        nameOf(who, id),
        text => {
          const found = parsed(text)
          after = found && edit(found)
          return after && JSON.stringify(after)
        },
        lifeMs,
      )
      return isChanged ? after : undefined
    },
  }
}
export type Orders = ReturnType<typeof createOrders>

/** The order with one of its lines edited; undefined where no line has this act any more. */
export function withLine(order: Order, act: string, edit: (line: OrderLine) => OrderLine): Order | undefined {
  if (!order.lines.some(line => line.act === act)) return undefined
  return { ...order, lines: order.lines.map(line => (line.act === act ? edit(line) : line)) }
}
