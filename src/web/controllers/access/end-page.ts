import { type AboutNeeds, circumstances } from '../../access/circumstances.ts'
import { endModel } from '../../access/end-model.ts'
import { partOf, type SelfService } from '../../access/part.ts'
import { type Controller, redirect, view } from '../../page.ts'

/** Asks once more before access is ended. */
export default (needs: AboutNeeds & SelfService): Controller => {
  const access = partOf(needs.access)
  return async visit => {
    const { on } = await access.mine(visit.who)
    const shown = await visit.session.access()
    if (!on) return redirect('/access')
    return view(
      'end-access',
      'End access now?',
      endModel(
        { ...on, ...(shown.state === 'on' && shown.until !== undefined && { until: shown.until }) },
        circumstances(visit, needs, '/access'),
      ),
    )
  }
}
