import { z } from 'zod'
import type { Clock } from '../../../clock.ts'
import { Problem } from '../../../errors.ts'
import { approvalModel } from '../../access/approval-model.ts'
import { idParam, partOf, type SelfService } from '../../access/part.ts'
import { type Controller, redirect, view } from '../../page.ts'

/** A form without one of the two buttons decides nothing. */
const formShape = z.object({ decision: z.enum(['approve', 'deny']), comment: z.string().default('') })

export default (needs: { clock: Clock } & SelfService): Controller => {
  const approvals = partOf(needs.approvals)
  return async ({ who, params, form, reference }) => {
    const id = idParam(params)
    const { decision, comment } = formShape.safeParse(form).data ?? {}
    if (!decision || comment === undefined) return redirect(pathOf(id))
    const decided = await approvals.decide(who, id, { approve: decision === 'approve', comment })
    if (decided.kind === 'done' || decided.kind === 'handled') return redirect(pathOf(id))
    const one = await approvals.one(who, id)
    if (!one) throw new Problem('not-found')
    const answered = decided.kind === 'form' ? { error: decided.errors.comment } : { problem: decided.problem.sentence }
    const model = approvalModel(one, needs.clock(), { ...answered, comment, reference })
    return view('approval', `${one.name} asks for access`, model, { status: 422 })
  }
}

const pathOf = (id: string) => `/approvals/${encodeURIComponent(id)}`
