import { type AboutNeeds, circumstances } from '../../access/circumstances.ts'
import { endModel } from '../../access/end-model.ts'
import { createServiceAt, type SelfServiceNeeds } from '../../access/part.ts'
import { type Controller, redirect, view } from '../../page.ts'

/** Ends this person's own access at one gate; they stay signed in. */
export default (needs: AboutNeeds & SelfServiceNeeds): Controller => {
  const serviceAt = createServiceAt(needs)
  return async visit => {
    const { access, ...gate } = serviceAt(visit.form)
    const outcome = await access.end(visit.who)
    if (outcome.ended) return redirect('/access')
    const about = circumstances(visit, needs, { ...gate, returnTo: '/access' })
    const model = endModel({ always: false, ...outcome }, about)
    return view('end-access', model.title, model, { status: 422 })
  }
}
