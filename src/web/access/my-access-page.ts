import { z } from 'zod'
import { type Gates, knownStanding } from '../../gate/gates.ts'
import type { SelfService } from '../../pim/self-service.ts'
import { type Reply, type Visit, view } from '../page.ts'
import { gateNamed } from '../request.ts'
import { type AboutNeeds, circumstances } from './circumstances.ts'
import { myAccessModel } from './mine-model.ts'
import { heldRoles, myGatesModel, type SentTogether } from './my-gates-model.ts'
import type { SelfServiceNeeds } from './part.ts'
import { createShownAccess, type ShownAccessNeeds } from './shown-access.ts'

export type MyAccessNeeds = AboutNeeds & ShownAccessNeeds & SelfServiceNeeds & { gates: Gates }

/** `again` is the index of the earlier use whose reason the form proposes, at the gate that the address names. */
const queryShape = z.object({ again: z.coerce.number().int().nonnegative() })

/**
 * Makes the reply that shows a person's own access at each gate that concerns them. `sent`: the form for several gates comes
 * back, with its faults (422).
 */
export function createMyAccessPage({ gates, selfService, ...needs }: MyAccessNeeds) {
  return async (visit: Visit, sent?: SentTogether): Promise<Reply> => {
    const known = await Promise.all(selfService.map(service => ofGate(visit, service)))
    const roles = heldRoles(gates, visit.session.record)
    return view('my-access', 'My access', myGatesModel(known, roles, sent), sent && { status: 422 })
  }

  async function ofGate(visit: Visit, { access, ...about }: SelfService) {
    const { gate } = about
    const mine = await access.mine(visit.who)
    const shown = gate === visit.session.gate ? await visit.session.access() : await shownAt(visit, gate)
    const isMeant = (gateNamed(visit.query) ?? selfService[0]?.gate) === gate
    const again = isMeant ? (queryShape.safeParse(visit.query).data?.again ?? -1) : -1
    return myAccessModel({ mine, shown, again }, circumstances(visit, needs, { ...about, returnTo: '/' }))
  }

  /** As at the page's own gate: nothing is called on because of an old proof. One question is about all gates. */
  function shownAt({ who, session }: Visit, name: string) {
    const gate = gates.named(name)
    const standing = knownStanding(gate, session.record)
    return createShownAccess(needs, { who, gate, standing, isForAll: true })()
  }
}
