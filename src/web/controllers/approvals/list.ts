import type { Clock } from '../../../clock.ts'
import { waitingRow } from '../../access/approval-model.ts'
import { partOf, type SelfService } from '../../access/part.ts'
import { type Controller, view } from '../../page.ts'

/** Lists the requests that are waiting for this person's answer. */
export default (needs: { clock: Clock } & SelfService): Controller => {
  const approvals = partOf(needs.approvals)
  return async ({ who }) => {
    const waiting = await approvals.list(who)
    return view('approvals', 'Approvals', { waiting: waiting.map(each => waitingRow(each, needs.clock())) })
  }
}
