import { type AboutNeeds, circumstances } from '../../access/circumstances.ts'
import { extended, isForScript } from '../../access/extend-reply.ts'
import { partOf, type SelfService } from '../../access/part.ts'
import type { Controller } from '../../page.ts'
import { wantedReturn } from '../../request.ts'

/** Asks Microsoft for one more period, which begins when the present one ends. */
export default (needs: AboutNeeds & SelfService): Controller => {
  const access = partOf(needs.access)
  return async visit => {
    const returnTo = wantedReturn(visit.form, needs.config) ?? '/access'
    const outcome = await access.extend(visit.who, visit.form, returnTo)
    return extended(outcome, circumstances(visit, needs, returnTo), { isForScript: isForScript(visit.form) })
  }
}
