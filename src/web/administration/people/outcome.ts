import type { Order } from '../../../pim/administration/order.ts'
import { listAddress } from '../../listing/address.ts'
import type { OneTimeNotice } from '../../shell/one-time-notice.ts'
import { receiptPath } from '../order-reply.ts'
import { peoplePath } from './addresses.ts'

/** The page that tells what became of an order to end access, or to remove a permission. */
export const outcomePath = (order: string): string => listAddress(`${peoplePath}/outcome`, { order })

/** The list that shows what an order has changed. */
export const listAfter = ({ kind }: Pick<Order, 'kind'>): string =>
  kind === 'active' ? peoplePath : listAddress(peoplePath, { show: 'can' })

/**
 * What became of an order, in words: here at once, and at Microsoft as far as it is known. The receipt says the rest.
 * `isEndedHere`: whether an end of this access holds here, which an order that was not sent did not give.
 */
export function outcomeNotice(
  { id, kind, lines }: Pick<Order, 'id' | 'kind' | 'lines'>,
  isEndedHere: boolean,
): OneTimeNotice {
  const [line] = lines
  const name = line?.person.name ?? ''
  const isEnd = kind === 'active'
  const links = [{ label: 'Receipt', href: receiptPath(id) }]
  const attention = (more: string): OneTimeNotice => ({
    tone: 'attention',
    text: isEnd
      ? `The access of ${name} has ${isEndedHere ? '' : 'not '}ended here.`
      : `${name} can still turn on access.`,
    more,
    links,
  })
  switch (line?.stage) {
    case 'done':
      return isEnd
        ? { text: `The access of ${name} has ended.`, more: 'Here, and at Microsoft.', links }
        : { text: `${name} can no longer turn on access.`, links }
    case 'refused':
      return attention(`Microsoft did not do it. ${line.problem?.sentence ?? ''}`)
    case 'ready':
      return attention('Nothing was sent to Microsoft yet. Send it from the receipt.')
    default:
      return attention(
        isEnd && !isEndedHere ? 'It is not known yet what Microsoft did.' : 'Microsoft is still working on it.',
      )
  }
}
