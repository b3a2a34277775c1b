import { type AboutNeeds, circumstances } from '../../access/circumstances.ts'
import { partOf, type SelfService } from '../../access/part.ts'
import { turnedOn } from '../../access/turn-on-reply.ts'
import type { Controller } from '../../page.ts'
import { wantedReturn } from '../../request.ts'

export default (needs: AboutNeeds & SelfService): Controller => {
  const access = partOf(needs.access)
  return async visit => {
    const returnTo = wantedReturn(visit.form, needs.config) ?? '/'
    const outcome = await access.turnOn(visit.who, visit.form, returnTo)
    return turnedOn(outcome, circumstances(visit, needs, returnTo))
  }
}
