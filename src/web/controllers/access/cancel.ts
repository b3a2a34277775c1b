import { doorGates } from '../../access/circumstances.ts'
import { createServiceAt, type SelfServiceNeeds, servicesBeside } from '../../access/part.ts'
import { type Controller, redirect } from '../../page.ts'
import { pathOn } from '../../request.ts'

/** Withdraws a request that is waiting for approval. The page after it tells of those that were made together with it, too. */
export default (needs: SelfServiceNeeds): Controller => {
  const serviceAt = createServiceAt(needs)
  return async ({ who, form }) => {
    const { access, gate } = serviceAt(form)
    await access.cancel(who)
    const gates = new Set([gate, ...servicesBeside(needs, form).map(each => each.gate)])
    return redirect(pathOn('/access/turning-on', doorGates([...gates])))
  }
}
