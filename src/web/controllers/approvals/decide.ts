import { z } from 'zod'
import type { Clock } from '../../../clock.ts'
import { Problem } from '../../../errors.ts'
import { approvalModel } from '../../access/approval-model.ts'
import { doorGate } from '../../access/circumstances.ts'
import { createServiceAt, idParam, type SelfServiceNeeds } from '../../access/part.ts'
import { type Controller, redirect, view } from '../../page.ts'
import { pathOn } from '../../request.ts'

/** A form without one of the two buttons decides nothing. */
const formShape = z.object({ decision: z.enum(['approve', 'deny']), comment: z.string().default('') })

export default (needs: { clock: Clock } & SelfServiceNeeds): Controller => {
  const serviceAt = createServiceAt(needs)
  return async ({ who, params, query, form, reference }) => {
    const { approvals, ...gate } = serviceAt(form, query)
    const id = idParam(params)
    const path = pathOn(`/approvals/${encodeURIComponent(id)}`, doorGate(gate.gate))
    const { decision, comment } = formShape.safeParse(form).data ?? {}
    if (!decision || comment === undefined) return redirect(path)
    const decided = await approvals.decide(who, id, { approve: decision === 'approve', comment })
    if (decided.kind === 'done' || decided.kind === 'handled') return redirect(path)
    const one = await approvals.one(who, id)
    if (!one) throw new Problem('not-found')
    const answered = decided.kind === 'form' ? { error: decided.errors.comment } : { problem: decided.problem.sentence }
    const model = approvalModel(one, gate, needs.clock(), { ...answered, comment, reference })
    return view('approval', `${one.name} asks for access`, model, { status: 422 })
  }
}
