import { type AboutNeeds, circumstances, doorGates } from '../../access/circumstances.ts'
import { createKnownServicesAt, type SelfServiceNeeds } from '../../access/part.ts'
import { isFinished, progressPage } from '../../access/progress-model.ts'
import { type AtGates, progressOfAll } from '../../access/progress-of-all.ts'
import { askedAgain, togetherModel } from '../../access/together-model.ts'
import { type Controller, redirect, toEntra, type Visit, view } from '../../page.ts'
import { pathOn, turningOnPath, wantedReturn } from '../../request.ts'

/**
 * The waiting page of one gate, or of several that are turned on together: it says of each what became of it. Once access is
 * on at all of them, it gives the session a new id and redirects to the page first asked for.
 */
export default (needs: AboutNeeds & SelfServiceNeeds): Controller => {
  const servicesAt = createKnownServicesAt(needs)
  return async visit => {
    const { services, isAnyUnknown } = servicesAt(visit.query)
    const wanted = wantedReturn(visit.query, needs.config)
    const at = await progressOfAll(services, visit.who, wanted)
    const { progress } = at.lead
    const gates = doorGates(services.map(({ gate }) => gate))
    const returnTo = wanted ?? progress.returnTo
    if (progress.step === 'sign-in' && !visit.isAhead) return toEntra({ returnTo: turningOnPath(returnTo, gates) })
    if (progress.step === 'in' && visit.isAhead) return redirect(returnTo)
    if (progress.step === 'in') return visit.session.rotate().then(() => redirect(returnTo))
    const offer = isFinished(progress) ? await at.lead.service.access.offer(visit.who) : undefined
    const about = { ...aboutOf(visit, at, returnTo), query: pathOn('', gates).slice(1) }
    const { model, title, refreshSeconds } = progressPage(at, offer, about)
    const together = togetherModel(at, returnTo, isAnyUnknown)
    return view('turning-on', title, { ...model, together }, { refreshSeconds })
  }

  function aboutOf(visit: Visit, at: AtGates, returnTo: string) {
    const { asked, beside, named } = askedAgain(at)
    const about = circumstances(visit, needs, { ...at.lead.service, returnTo })
    return { ...about, named: about.named && named, gates: doorGates(asked.map(({ gate }) => gate)), beside }
  }
}
