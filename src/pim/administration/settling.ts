import type { PimRequest } from '../../entra/pim/requests.ts'
import { verdictOf } from '../acts/verdict.ts'
import type { OrderAct, OrderLine } from './order.ts'
import { type OrderRefusal, orderRefusal } from './words.ts'

/** What PIM's status is read as: a removal is done when PIM has revoked, everything else when PIM has granted. */
export const askedBy = ({ what }: { what: OrderAct }) =>
  what === 'remove' ? ('ending' as const) : ('granting' as const)

/** The line as PIM's request says that it stands. `now` in epoch ms. */
export function lineAfter({ id: request, status }: PimRequest, line: OrderLine, now: number): OrderLine {
  const { problem: _, ...known } = { ...line, request, status }
  switch (verdictOf(status, askedBy(line))) {
    case 'done':
      return { ...known, stage: 'done', doneAt: line.doneAt ?? now }
    case 'denied':
      return { ...known, stage: 'refused', problem: orderRefusal('denied') }
    case 'failed':
      return { ...known, stage: 'refused', problem: orderRefusal('failed') }
    default:
      return { ...known, stage: 'waiting' }
  }
}

/** The line, which did not happen, and why. */
export const refusedLine = (line: OrderLine, problem: OrderRefusal): OrderLine => ({
  ...line,
  stage: 'refused',
  problem,
})
