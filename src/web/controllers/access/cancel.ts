import type { Clock } from '../../../clock.ts'
import { partOf, type SelfService } from '../../access/part.ts'
import { type Controller, redirect } from '../../page.ts'

/** Takes back a wish that waits for approval. */
export default (needs: { clock: Clock } & SelfService): Controller => {
  const access = partOf(needs.access)
  return async ({ who }) => {
    await access.cancel(who)
    return redirect('/access/turning-on')
  }
}
