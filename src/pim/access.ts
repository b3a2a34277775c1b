import type { Trail } from '../audit/trail.ts'
import type { Anew } from '../gate/standing.ts'
import type { Log } from '../observability.ts'
import type { GateSessions } from '../session/gate-sessions.ts'
import type { KnownPlans } from '../session/replicas/known-plans.ts'
import type { Notes } from '../session/replicas/notes.ts'
import type { Acts } from './acts/acts.ts'
import { createCancelling } from './acts/cancelling.ts'
import { createFinding } from './acts/finding.ts'
import type { OpenActs } from './acts/open-acts.ts'
import type { SeenOfActs } from './acts/seen.ts'
import type { Access } from './answers.ts'
import { createEnding } from './ending.ts'
import { createExtending } from './extending.ts'
import { createOffers } from './offers.ts'
import type { AskingPim } from './reading/as-person.ts'
import { createOverview } from './reading/overview.ts'
import { createOwnPlan } from './reading/own-plan.ts'
import { createReads } from './reading/readings.ts'
import { createTurningOn } from './turning-on.ts'
import { createActivations } from './wish/activations.ts'
import { createLooking } from './wish/looking.ts'
import { createProgress } from './wish/progress.ts'
import { createSending } from './wish/sending.ts'

type Needs = AskingPim & {
  notes: Notes
  openActs: OpenActs
  acts: Acts
  anew: Anew
  sessions: GateSessions
  knownPlans: KnownPlans
  isByRole: boolean
  trail: Trail
  seen: SeenOfActs
  log: Log
}

/** All that people do about their own access. Every act is done with their own token and recorded in the trail. */
export function createAccess(needs: Needs): Access {
  const activations = createActivations(needs)
  const ownPlan = createOwnPlan({ ...needs, activations })
  const findOut = createFinding({ ...needs, ownPlan })
  const known = { ...needs, activations, ownPlan, findOut }
  const look = createLooking(known)
  const reads = createReads(needs)
  const offers = createOffers({ ...known, look, reads })
  const send = createSending(known)
  const { extend, extensionOf } = createExtending({ ...known, reads, send })
  return {
    offer: offers.offer,
    ...createTurningOn({ ...known, offers, reads, send, extensionOf }),
    progress: createProgress({ ...known, look, offers, reads }),
    cancel: createCancelling({ ...known, look }),
    mine: createOverview({ ...known, reads, look }),
    end: createEnding({ ...known, look }),
    extend,
    findOut,
  }
}
