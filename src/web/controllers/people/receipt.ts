import type { Clock } from '../../../clock.ts'
import { Problem } from '../../../errors.ts'
import type { Administration } from '../../../pim/administration/administration.ts'
import { isAtRest } from '../../../pim/administration/order.ts'
import { idParam } from '../../access/part.ts'
import { receiptModel } from '../../administration/receipt-model.ts'
import { type Controller, view } from '../../page.ts'

/** What became of an order, for the administrator who gave it. */
export default ({ clock, administration }: { clock: Clock; administration: Administration }): Controller =>
  async ({ who, params, reference }) => {
    const order = await administration.receipt(who, idParam(params))
    if (!order) throw new Problem('not-found')
    const title = administration.gates.find(({ gate }) => gate === order.gate)?.title ?? order.gate
    const now = clock()
    const undone = await administration.undone(who, order)
    const model = receiptModel(order, { title, undone, now, reference })
    const refreshSeconds = isAtRest(order, now.getTime()) ? undefined : 3
    return view('people/receipt', model.heading, model, { refreshSeconds, refreshesAlways: true, isWide: true })
  }
