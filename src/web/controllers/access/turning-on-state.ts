import type { Clock } from '../../../clock.ts'
import { partOf, type SelfService } from '../../access/part.ts'
import { progressState } from '../../access/progress-model.ts'
import { type Controller, json } from '../../page.ts'

/** What the progress page's script asks for. */
export default (needs: { clock: Clock } & SelfService): Controller => {
  const access = partOf(needs.access)
  return async ({ who }) => json(progressState(await access.progress(who), needs.clock()))
}
