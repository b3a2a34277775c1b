import { type AboutNeeds, circumstances } from '../../access/circumstances.ts'
import { createServiceAt, type SelfServiceNeeds } from '../../access/part.ts'
import { turnedOn } from '../../access/turn-on-reply.ts'
import type { Controller } from '../../page.ts'
import { wantedReturn } from '../../request.ts'

export default (needs: AboutNeeds & SelfServiceNeeds): Controller => {
  const serviceAt = createServiceAt(needs)
  return async visit => {
    const { access, ...gate } = serviceAt(visit.form)
    const returnTo = wantedReturn(visit.form, needs.config) ?? '/'
    const outcome = await access.turnOn(visit.who, visit.form, returnTo)
    return turnedOn(outcome, circumstances(visit, needs, { ...gate, returnTo }))
  }
}
