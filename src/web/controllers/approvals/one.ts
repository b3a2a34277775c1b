import type { Clock } from '../../../clock.ts'
import { Problem } from '../../../errors.ts'
import { approvalModel } from '../../access/approval-model.ts'
import { createServiceAt, idParam, type SelfServiceNeeds } from '../../access/part.ts'
import { type Controller, view } from '../../page.ts'

/** Shows one request. A request that this person may not see answers 404, as if it did not exist. */
export default (needs: { clock: Clock } & SelfServiceNeeds): Controller => {
  const serviceAt = createServiceAt(needs)
  return async ({ who, params, query }) => {
    const { approvals, ...gate } = serviceAt(query)
    const one = await approvals.one(who, idParam(params))
    if (!one) throw new Problem('not-found')
    return view('approval', `${one.name} asks for access`, approvalModel(one, gate, needs.clock()))
  }
}
