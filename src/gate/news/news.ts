import type { Observations } from '../../audit/observations.ts'
import type { Clock } from '../../clock.ts'
import type { GateSettings } from '../../config/gates.ts'
import type { Config } from '../../config/load.ts'
import type { Microsoft } from '../../entra/microsoft.ts'
import type { Log } from '../../observability.ts'
import type { GateStores } from '../../session/replicas/gate-stores.ts'
import { createRosterObserving } from '../observing/observing-roster.ts'
import { createSubscription } from './subscription.ts'
import { createWatch, type Watch } from './watch.ts'

/**
 * How a gate hears of changes of its group: it lists the group itself, and Graph tells it. A gate without a group hears
 * nothing, and its people are asked about one by one.
 */
export type News = Pick<Watch, 'source' | 'staleBefore' | 'heardAt' | 'roster' | 'announce'> & {
  /** The secrets that a notification about this group may carry, the newest first. */
  clientStates: () => readonly string[]
  /** Whether a notification's `resource` names this group. */
  isAbout: (resource: string) => boolean
  subscription: Pick<ReturnType<typeof createSubscription>, 'told' | 'keep' | 'start' | 'stop'>
  start: () => void
  /** Leaves to the other replicas what one replica does for all; requests are served as before. */
  retire: () => void
  stop: () => void
}

type Needs = {
  config: Pick<Config, 'membership' | 'graph'>
  clock: Clock
  log: Log
  microsoft: Pick<Microsoft, 'groupOf' | 'namesOf'>
  stores: Pick<GateStores, 'board' | 'leases' | 'notes' | 'clientStates'>
  observations: Pick<Observations, 'seenIn' | 'seenOut'>
  /** How long (ms) the first listing waits, so that the lists of several groups do not come at once. */
  delayMs: number
}

/** Makes what a gate hears. Nothing runs before `start`. */
export function createNews({ name, groupId }: GateSettings, needs: Needs): News {
  return groupId === undefined ? silence : ofGroup({ name, groupId }, needs)
}

function ofGroup(group: { name: string; groupId: string }, needs: Needs): News {
  const { config, clock, log: logOfAll, microsoft, stores, observations, delayMs } = needs
  const { board, leases, notes, clientStates } = stores
  const log = logOfAll.child({ gate: group.name })
  const { list, requests, subscriptions } = microsoft.groupOf(group)
  const seen = { gate: group.name, clock, notes, leases, requests, names: microsoft.namesOf, observations, log }
  const onListed = createRosterObserving(seen)
  const watch = createWatch({ config, clock, list, board, leases, log, delayMs, onListed })
  const clientState = () => clientStates()[0]
  const { announce } = watch
  const subscription = createSubscription({ clock, subscriptions, clientState, announce, board, leases, log })
  return {
    ...watch,
    clientStates,
    isAbout: resource => resource.toLowerCase().includes(group.groupId),
    subscription,
    start(): void {
      if (config.membership.roster || config.graph.notifications) watch.start()
      if (config.graph.notifications) subscription.start()
    },
    retire(): void {
      watch.retire()
      subscription.stop()
    },
    stop(): void {
      watch.stop()
      subscription.stop()
    },
  }
}

const nothing = async () => {}
const silence: News = {
  source: { membershipOf: () => 'unknown', renew: nothing },
  staleBefore: () => 0,
  heardAt: () => 0,
  roster: () => undefined,
  announce: nothing,
  clientStates: () => [],
  isAbout: () => false,
  subscription: { told: nothing, keep: nothing, start: () => {}, stop: () => {} },
  start: () => {},
  retire: () => {},
  stop: () => {},
}
