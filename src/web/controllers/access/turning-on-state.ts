import type { Clock } from '../../../clock.ts'
import { type Controller, json } from '../../page.ts'
import { progressState } from '../../progress-model.ts'
import { partOf, type SelfService } from '../../self-service.ts'

/** What the progress page's script asks for. */
export default (needs: { clock: Clock } & SelfService): Controller => {
  const access = partOf(needs.access)
  return async ({ who }) => json(progressState(await access.progress(who), needs.clock()))
}
