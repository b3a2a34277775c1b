import { shortestStayMs } from '../../entra/pim/limits.ts'
import { isAtRest, isLeftOver, type Order, type OrderLine } from '../../pim/administration/order.ts'
import type { Cell, Tone } from '../listing/cell.ts'
import { type RowAct, tableOf } from '../listing/table.ts'
import { dated, instantOf } from '../shell/instant.ts'
import { receiptPath } from './order-reply.ts'

/** The receipts of the orders that took back what lines of this one gave, by the acts of those lines. */
export type Undone = ReadonlyMap<string, Order>
type About = { title: string; undone: Undone; now: Date; reference: string }

const heads = {
  assign: 'Access given',
  change: 'End of access moved',
  extend: 'Access prolonged',
  remove: 'Access taken away',
} as const satisfies Record<OrderLine['what'], string>

/** What became of an order, as its receipt shows it. */
export function receiptModel(order: Order, { title, undone, now, reference }: About) {
  const at = now.getTime()
  const { lines, kind, until, reason, ticket } = order
  const isResting = isAtRest(order, at)
  const areDone = lines.filter(({ stage }) => stage === 'done').length
  const head = heads[lines[0]?.what ?? 'assign']
  const areAllDone = areDone === lines.length
  const mayRetry = isResting && lines.some(({ problem }) => problem?.next === 'again')
  return {
    id: order.id,
    heading: areAllDone
      ? head
      : isResting
        ? areDone > 0
          ? `${head}, but not to everybody`
          : 'Nothing was done'
        : 'Microsoft is working on it',
    summary:
      areAllDone && lines.length > 1
        ? `All ${lines.length} lines are done.`
        : lines.length > 1
          ? `${areDone} of ${lines.length} lines are done.`
          : '',
    isDone: areAllDone,
    isResting,
    wantsCheck: order.claims !== undefined,
    isBusy: order.restUntil !== undefined && order.restUntil > at,
    sendable: buttonFor(order, { isLeft: isLeftOver(order, at), mayRetry }),
    reference: lines.some(({ problem }) => problem?.next === 'tell-operator') ? reference : '',
    facts: [
      { term: 'Access to', cell: title },
      {
        term: 'How',
        cell:
          kind === 'eligible' ? 'Can turn it on when needed' : 'On from now, without a passkey or approval each time',
      },
      ...(lines[0]?.what === 'remove'
        ? []
        : [
            {
              term: 'Until',
              cell: until === undefined ? 'Without an end' : ({ at: dated(new Date(until), now) } as Cell),
            },
          ]),
      { term: 'Reason', cell: { quote: reason } },
      ...(ticket ? [{ term: 'Ticket', cell: { code: ticket } }] : []),
      { term: 'Asked', cell: { at: instantOf(new Date(order.begunAt), now) } },
    ],
    table: tableOf({
      caption: 'Person by person',
      columns: [
        { key: 'person', label: 'Person' },
        { key: 'what', label: 'What became of it' },
      ],
      rows: lines.map(line => ({
        cells: {
          person: [line.person.name, { soft: line.person.username || line.person.objectId }],
          what: whatBecame(line, { order, undone, now }),
        },
        acts: actsOn(line, { order, undone, now }),
        isOdd: line.stage === 'refused',
      })),
      empty: { title: 'Nobody was named.' },
    }),
  }
}

/** The words of the button that sends more; empty where there is nothing to send. */
function buttonFor({ claims }: Order, { isLeft, mayRetry }: { isLeft: boolean; mayRetry: boolean }): string {
  if (isLeft) return claims === undefined ? 'Send what is left' : 'Be checked and go on'
  return mayRetry ? 'Try again' : ''
}

type Around = { order: Order; undone: Undone; now: Date }

function whatBecame(line: OrderLine, { order, undone, now }: Around): Cell {
  const taken = undone.get(line.act)
  const state = badgeOf(line, isLeftOver(order, now.getTime()))
  return [
    state,
    ...(line.doneAt === undefined ? [] : [{ at: instantOf(new Date(line.doneAt), now) }]),
    ...(line.problem ? [line.problem.sentence] : []),
    ...(line.stage === 'unanswered' ? ['Microsoft did not answer, so it may have happened. We are looking.'] : []),
    ...(line.request ? [{ soft: `Microsoft’s request ${line.request}` }] : []),
    ...(taken ? [{ link: undoneWords(taken), href: receiptPath(taken.id) }] : []),
    ...(line.stage === 'ready' || line.problem?.code === 'yourself'
      ? []
      : [{ link: 'In the trail', href: recordPath(line) }]),
  ]
}

/** The records of one act. */
const recordPath = ({ act }: OrderLine) => `/trail?text=${encodeURIComponent(act)}`

const undoneWords = ({ lines: [line] }: Order) =>
  line?.stage === 'done' ? 'Taken back' : line?.stage === 'refused' ? 'Not taken back' : 'Being taken back'

function badgeOf({ stage }: OrderLine, isLeft: boolean): { badge: string; tone: Tone } {
  switch (stage) {
    case 'done':
      return { badge: 'Done', tone: 'on' }
    case 'refused':
      return { badge: 'Not done', tone: 'attention' }
    case 'unanswered':
      return { badge: 'Not known', tone: 'attention' }
    case 'ready':
      return { badge: isLeft ? 'Not sent' : 'To be sent', tone: 'waiting' }
    default:
      return { badge: 'At Microsoft', tone: 'waiting' }
  }
}

/** What was given can be taken back, once: Microsoft takes nothing back in the first five minutes. */
function actsOn(line: OrderLine, { order, undone, now }: Around): RowAct[] {
  const { act, what, stage, doneAt, person } = line
  if (what !== 'assign' || stage !== 'done' || doneAt === undefined || undone.has(act)) return []
  const from = new Date(doneAt + shortestStayMs)
  const undo = { label: 'Undo', about: person.name, isStop: true }
  if (now < from) return [{ ...undo, why: `Microsoft allows it from ${instantOf(from, now).absolute}` }]
  return [{ ...undo, post: `${receiptPath(order.id)}/undo`, fields: { act } }]
}
