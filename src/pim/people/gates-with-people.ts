import type { Clock } from '../../clock.ts'
import type { AppToken } from '../../entra/oidc/app-token.ts'
import type { Gates } from '../../gate/gates.ts'
import type { Stores } from '../../session/stores.ts'
import type { AsPerson } from '../reading/as-person.ts'
import { createActivations } from '../wish/activations.ts'
import { createApprovalsSeen } from './approvals-seen.ts'
import { createEndingHere } from './ending-here.ts'
import { createGroupReading } from './reading.ts'
import { createReviews } from './reviews.ts'

type Needs = {
  clock: Clock
  stores: Pick<Stores, 'aboutGate'>
  gates: Gates
  asPerson: AsPerson
  appToken: AppToken | undefined
}

/** All that is read and remembered about the people of each gate that has a group, in the order of the settings. */
export const createGatesWithPeople = ({ clock, stores, gates, asPerson, appToken }: Needs) =>
  gates.all.flatMap(({ name, title, pim, sessions }) => {
    if (!pim) return []
    const { notes, knownPlans } = stores.aboutGate(name)
    const activations = createActivations({ notes, clock })
    return [
      {
        name,
        title,
        pim,
        readings: createGroupReading({ clock, lists: pim.lists, asPerson, appToken }),
        reviews: createReviews({ clock, notes }),
        approvals: createApprovalsSeen({ pim, asPerson }),
        endingHere: createEndingHere({ clock, sessions, knownPlans, activations }),
      },
    ]
  })
export type GateWithPeople = ReturnType<typeof createGatesWithPeople>[number]
