import { type AboutNeeds, circumstances } from '../../access/circumstances.ts'
import { endModel } from '../../access/end-model.ts'
import { createServiceAt, type SelfServiceNeeds } from '../../access/part.ts'
import { type Controller, redirect, view } from '../../page.ts'

/** Asks once more before access is ended. */
export default (needs: AboutNeeds & SelfServiceNeeds): Controller => {
  const serviceAt = createServiceAt(needs)
  return async visit => {
    const { access, gate, title } = serviceAt(visit.query)
    const { on } = await access.mine(visit.who)
    const shown = await visit.session.access()
    if (!on) return redirect('/access')
    const isShown = visit.session.gate === gate && shown.state === 'on' && shown.until !== undefined
    const about = circumstances(visit, needs, { gate, title, returnTo: '/access' })
    return view('end-access', 'End access now?', endModel({ ...on, ...(isShown && { until: shown.until }) }, about))
  }
}
