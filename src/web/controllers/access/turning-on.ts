import { type AboutNeeds, circumstances, doorGate } from '../../access/circumstances.ts'
import { createServiceAt, type SelfServiceNeeds } from '../../access/part.ts'
import { isFinished, progressPage } from '../../access/progress-model.ts'
import { type Controller, redirect, toEntra, view } from '../../page.ts'
import { turningOnPath, wantedReturn } from '../../request.ts'

/** The waiting page. Once access is on, it gives the session a new id and redirects to the page first asked for. */
export default (needs: AboutNeeds & SelfServiceNeeds): Controller => {
  const serviceAt = createServiceAt(needs)
  return async visit => {
    const { access, ...gate } = serviceAt(visit.query)
    const wanted = wantedReturn(visit.query, needs.config)
    const progress = await access.progress(visit.who, wanted)
    const returnTo = wanted ?? progress.returnTo
    if (progress.step === 'sign-in' && !visit.isAhead)
      return toEntra({ returnTo: turningOnPath(returnTo, doorGate(gate.gate)) })
    if (progress.step === 'in' && visit.isAhead) return redirect(returnTo)
    if (progress.step === 'in') return visit.session.rotate().then(() => redirect(returnTo))
    const offer = isFinished(progress) ? await access.offer(visit.who) : undefined
    const about = circumstances(visit, needs, { ...gate, returnTo })
    const { model, title, refreshSeconds } = progressPage(progress, offer, about)
    return view('turning-on', title, model, { refreshSeconds })
  }
}
