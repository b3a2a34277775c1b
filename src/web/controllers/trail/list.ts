import type { Services } from '../../../services.ts'
import { createReading } from '../../administration/recorded.ts'
import { trailFilterOf, trailPath } from '../../administration/trail/filter.ts'
import { checkpointFields, givenCheckpoint } from '../../administration/trail/proving.ts'
import { trailModel } from '../../administration/trail/trail-model.ts'
import { type Controller, nothingYet, view } from '../../page.ts'

export default ({ ledger, clock, config }: Pick<Services, 'ledger' | 'clock' | 'config'>): Controller => {
  const { opened } = createReading(ledger.append)
  const { gates } = config
  return async visit => {
    if (visit.isAhead) return nothingYet()
    const { query } = visit
    await opened(visit, trailPath, trailFilterOf(query, gates).params)
    const [model, checkpoint] = await Promise.all([
      trailModel(ledger, { query, gates, now: clock() }),
      givenCheckpoint(ledger),
    ])
    return view('trail', 'Trail', { ...model, checkpoint: checkpointFields(checkpoint) }, { isWide: true })
  }
}
