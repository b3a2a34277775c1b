import type { Administration } from '../../../pim/administration/administration.ts'
import { idParam } from '../../access/part.ts'
import { orderReply } from '../../administration/order-reply.ts'
import type { Controller } from '../../page.ts'

/** Sends what is left of an order, and once more what did not happen. */
export default ({ administration }: { administration: Administration }): Controller =>
  async ({ who, params }) =>
    orderReply(await administration.sendRest(who, idParam(params)))
