import { z } from 'zod'
import type { Administration } from '../../../pim/administration/administration.ts'
import { idParam } from '../../access/part.ts'
import { orderReply, receiptPath } from '../../administration/order-reply.ts'
import { type Controller, redirect } from '../../page.ts'

const formShape = z.object({ act: z.string() })

/** Takes back what a line of an order gave, and comes back to its receipt. */
export default ({ administration }: { administration: Administration }): Controller =>
  async ({ who, params, form }) => {
    const id = idParam(params)
    const { act = '' } = formShape.safeParse(form).data ?? {}
    const answer = await administration.undo(who, id, act)
    return answer?.kind === 'step-up' ? orderReply(answer) : redirect(receiptPath(id))
  }
