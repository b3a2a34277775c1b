import type { Clock } from '../../../clock.ts'
import { waitingRow } from '../../access/approval-model.ts'
import type { SelfServiceNeeds } from '../../access/part.ts'
import { type Controller, view } from '../../page.ts'

/** Lists the requests that are waiting for this person's answer, at all gates. */
export default ({ clock, selfService }: { clock: Clock } & SelfServiceNeeds): Controller =>
  async ({ who }) => {
    const rows = selfService.map(async ({ gate, title, approvals }) =>
      (await approvals.list(who)).map(each => waitingRow(each, { gate, title }, clock())),
    )
    const waiting = (await Promise.all(rows)).flat()
    return view('approvals', 'Approvals', { waiting, areSeveral: selfService.length > 1 })
  }
