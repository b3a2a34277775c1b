import type { Clock } from '../../../clock.ts'
import { Problem } from '../../../errors.ts'
import { approvalModel } from '../../access/approval-model.ts'
import { idParam, partOf, type SelfService } from '../../access/part.ts'
import { type Controller, view } from '../../page.ts'

/** Shows one request. A request that this person may not see answers 404, as if it did not exist. */
export default (needs: { clock: Clock } & SelfService): Controller => {
  const approvals = partOf(needs.approvals)
  return async ({ who, params }) => {
    const one = await approvals.one(who, idParam(params))
    if (!one) throw new Problem('not-found')
    return view('approval', `${one.name} asks for access`, approvalModel(one, needs.clock()))
  }
}
