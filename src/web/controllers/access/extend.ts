import { type AboutNeeds, circumstances } from '../../access/circumstances.ts'
import { extended, isForScript } from '../../access/extend-reply.ts'
import { createServiceAt, type SelfServiceNeeds } from '../../access/part.ts'
import type { Controller } from '../../page.ts'
import { wantedReturn } from '../../request.ts'

/** Asks Microsoft for one more period, which begins when the present one ends. */
export default (needs: AboutNeeds & SelfServiceNeeds): Controller => {
  const serviceAt = createServiceAt(needs)
  return async visit => {
    const { access, ...gate } = serviceAt(visit.form)
    const returnTo = wantedReturn(visit.form, needs.config) ?? '/access'
    const outcome = await access.extend(visit.who, visit.form, returnTo)
    const about = circumstances(visit, needs, { ...gate, returnTo })
    return extended(outcome, about, { isForScript: isForScript(visit.form) })
  }
}
