import { type AboutNeeds, circumstances } from '../../access/circumstances.ts'
import { endModel } from '../../access/end-model.ts'
import { partOf, type SelfService } from '../../access/part.ts'
import { type Controller, redirect, view } from '../../page.ts'

/** Ends this person's own access; they stay signed in. */
export default (needs: AboutNeeds & SelfService): Controller => {
  const access = partOf(needs.access)
  return async visit => {
    const outcome = await access.end(visit.who)
    if (outcome.ended) return redirect('/access')
    const model = endModel({ always: false, ...outcome }, circumstances(visit, needs, '/access'))
    return view('end-access', model.title, model, { status: 422 })
  }
}
