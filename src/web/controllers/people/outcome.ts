import { isOrderId } from '../../../pim/administration/orders.ts'
import type { Services } from '../../../services.ts'
import { peoplePath } from '../../administration/people/addresses.ts'
import { listAfter, outcomeNotice } from '../../administration/people/outcome.ts'
import { paramsIn } from '../../listing/address.ts'
import { type Controller, redirect } from '../../page.ts'

/** Says what became of an order, on the list that it changed. */
export default ({ administration, people }: Pick<Services, 'administration' | 'people'>): Controller =>
  async ({ query, who }) => {
    const { order: id = '' } = paramsIn(query, ['order'])
    const order = isOrderId(id) ? await administration.receipt(who, id) : undefined
    const [line] = order?.lines ?? []
    if (!order || !line) return redirect(peoplePath)
    const { takenAway } = await people.seenHere(order.gate, line.person.objectId)
    return redirect(listAfter(order), { notice: outcomeNotice(order, takenAway !== undefined) })
  }
