import type { Order } from '../../../pim/administration/order.ts'
import { listAddress } from '../../listing/address.ts'
import type { OneTimeNotice } from '../../shell/one-time-notice.ts'
import { peoplePath } from './addresses.ts'

/** The page that tells what became of an order to end access, or to remove a permission. */
export const outcomePath = (order: string): string => listAddress(`${peoplePath}/outcome`, { order })

/** The list that shows what an order has changed. */
export const listAfter = ({ kind }: Pick<Order, 'kind'>): string =>
  kind === 'active' ? peoplePath : listAddress(peoplePath, { show: 'can' })

/** What became of an order, in words: here at once, and at Microsoft as far as it is known. */
export function outcomeNotice({ id, kind, lines }: Pick<Order, 'id' | 'kind' | 'lines'>): OneTimeNotice {
  const [line] = lines
  const name = line?.person.name ?? ''
  const done = kind === 'active' ? `The access of ${name} has ended` : `${name} can no longer turn on access`
  const here = kind === 'active' ? `The access of ${name} has ended here` : `${name} can still turn on access`
  const links = [{ label: 'Look again', href: outcomePath(id) }]
  switch (line?.stage) {
    case 'done':
      return { text: `${done}.`, more: kind === 'active' ? 'Here and at Microsoft.' : 'Microsoft has carried it out.' }
    case 'refused':
      return { tone: 'attention', text: `${here}. Microsoft did not do it.`, more: line.problem?.sentence ?? '' }
    case 'ready':
      return { tone: 'attention', text: `${here}.`, more: 'Nothing was sent to Microsoft yet: send it once more.' }
    default:
      return { tone: 'attention', text: `${here}.`, more: 'Microsoft is still working on it.', links }
  }
}
