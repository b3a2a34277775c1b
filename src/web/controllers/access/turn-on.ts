import { type AboutNeeds, circumstances, wantedReturn } from '../../circumstances.ts'
import type { Controller } from '../../page.ts'
import { partOf, type SelfService } from '../../self-service.ts'
import { turnedOn } from '../../turned-on.ts'

export default (needs: AboutNeeds & SelfService): Controller => {
  const access = partOf(needs.access)
  return async visit => {
    const returnTo = wantedReturn(visit.form, needs.config) ?? '/'
    const outcome = await access.turnOn(visit.who, visit.form, returnTo)
    return turnedOn(outcome, circumstances(visit, needs, returnTo))
  }
}
