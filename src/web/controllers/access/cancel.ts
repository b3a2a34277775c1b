import type { Clock } from '../../../clock.ts'
import { partOf, type SelfService } from '../../access/part.ts'
import { type Controller, redirect } from '../../page.ts'

/** Withdraws a request that is waiting for approval. */
export default (needs: { clock: Clock } & SelfService): Controller => {
  const access = partOf(needs.access)
  return async ({ who }) => {
    await access.cancel(who)
    return redirect('/access/turning-on')
  }
}
