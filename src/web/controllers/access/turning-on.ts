import { type AboutNeeds, circumstances, doorGates } from '../../access/circumstances.ts'
import { createServicesAt, type SelfServiceNeeds } from '../../access/part.ts'
import { isFinished, progressPage } from '../../access/progress-model.ts'
import { progressOfAll } from '../../access/progress-of-all.ts'
import { type Controller, redirect, toEntra, view } from '../../page.ts'
import { turningOnPath, wantedReturn } from '../../request.ts'

/** The waiting page. Once access is on, it gives the session a new id and redirects to the page first asked for. */
export default (needs: AboutNeeds & SelfServiceNeeds): Controller => {
  const servicesAt = createServicesAt(needs)
  return async visit => {
    const services = servicesAt(visit.query)
    const wanted = wantedReturn(visit.query, needs.config)
    const { service, progress } = await progressOfAll(services, visit.who, wanted)
    const { access, ...gate } = service
    const gates = doorGates(services.map(each => each.gate))
    const returnTo = wanted ?? progress.returnTo
    if (progress.step === 'sign-in' && !visit.isAhead) return toEntra({ returnTo: turningOnPath(returnTo, gates) })
    if (progress.step === 'in' && visit.isAhead) return redirect(returnTo)
    if (progress.step === 'in') return visit.session.rotate().then(() => redirect(returnTo))
    const offer = isFinished(progress) ? await access.offer(visit.who) : undefined
    const about = { ...circumstances(visit, needs, { ...gate, returnTo }), gates }
    const { model, title, refreshSeconds } = progressPage(progress, offer, about)
    return view('turning-on', title, model, { refreshSeconds })
  }
}
