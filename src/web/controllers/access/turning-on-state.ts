import type { Clock } from '../../../clock.ts'
import { createServicesAt, type SelfServiceNeeds } from '../../access/part.ts'
import { progressState } from '../../access/progress-model.ts'
import { progressOfAll } from '../../access/progress-of-all.ts'
import { type Controller, json } from '../../page.ts'

/** The state of turning on, as JSON for the waiting page's script. */
export default (needs: { clock: Clock } & SelfServiceNeeds): Controller => {
  const servicesAt = createServicesAt(needs)
  return async ({ who, query }) => {
    const { progress } = await progressOfAll(servicesAt(query), who)
    return json(progressState(progress, needs.clock()))
  }
}
