import { type AboutNeeds, circumstances } from '../../access/circumstances.ts'
import { partOf, type SelfService } from '../../access/part.ts'
import { isFinished, progressPage } from '../../access/progress-model.ts'
import { type Controller, redirect, view } from '../../page.ts'
import { wantedReturn } from '../../request.ts'

/** The waiting page. Once access is on, it gives the session a new id and redirects to the page first asked for. */
export default (needs: AboutNeeds & SelfService): Controller => {
  const access = partOf(needs.access)
  return async visit => {
    const wanted = wantedReturn(visit.query, needs.config)
    const progress = await access.progress(visit.who, wanted)
    const returnTo = wanted ?? progress.returnTo
    if (progress.step === 'in' && visit.isAhead) return redirect(returnTo)
    if (progress.step === 'in') return visit.session.rotate().then(() => redirect(returnTo))
    const offer = isFinished(progress) ? await access.offer(visit.who) : undefined
    const { model, title, refreshSeconds } = progressPage(progress, offer, circumstances(visit, needs, returnTo))
    return view('turning-on', title, model, { refreshSeconds })
  }
}
