import { doorGate } from '../../access/circumstances.ts'
import { createServiceAt, type SelfServiceNeeds } from '../../access/part.ts'
import { type Controller, redirect } from '../../page.ts'
import { pathOn } from '../../request.ts'

/** Withdraws a request that is waiting for approval. */
export default (needs: SelfServiceNeeds): Controller => {
  const serviceAt = createServiceAt(needs)
  return async ({ who, form }) => {
    const { access, gate } = serviceAt(form)
    await access.cancel(who)
    return redirect(pathOn('/access/turning-on', doorGate(gate)))
  }
}
