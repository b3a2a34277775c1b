import type { Clock } from '../../../clock.ts'
import { partOf, type SelfService } from '../../access/part.ts'
import { progressState } from '../../access/progress-model.ts'
import { type Controller, json } from '../../page.ts'

/** The state of turning on, as JSON for the waiting page's script. */
export default (needs: { clock: Clock } & SelfService): Controller => {
  const access = partOf(needs.access)
  return async ({ who }) => json(progressState(await access.progress(who), needs.clock()))
}
