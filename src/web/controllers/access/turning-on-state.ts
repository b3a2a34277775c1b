import type { Clock } from '../../../clock.ts'
import { createKnownServicesAt, type SelfServiceNeeds } from '../../access/part.ts'
import { progressState } from '../../access/progress-model.ts'
import { progressOfAll } from '../../access/progress-of-all.ts'
import { type Controller, json } from '../../page.ts'

/** The state of turning on, as JSON for the waiting page's script. */
export default (needs: { clock: Clock } & SelfServiceNeeds): Controller => {
  const servicesAt = createKnownServicesAt(needs)
  return async ({ who, query }) => {
    const at = await progressOfAll(servicesAt(query).services, who)
    return json(progressState(at, needs.clock()))
  }
}
