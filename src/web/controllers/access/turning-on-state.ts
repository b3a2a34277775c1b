import type { Clock } from '../../../clock.ts'
import { createServiceAt, type SelfServiceNeeds } from '../../access/part.ts'
import { progressState } from '../../access/progress-model.ts'
import { type Controller, json } from '../../page.ts'

/** The state of turning on, as JSON for the waiting page's script. */
export default (needs: { clock: Clock } & SelfServiceNeeds): Controller => {
  const serviceAt = createServiceAt(needs)
  return async ({ who, query }) => json(progressState(await serviceAt(query).access.progress(who), needs.clock()))
}
