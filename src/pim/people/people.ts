import { randomUUID } from 'node:crypto'
import type { AuditedPerson, Trail } from '../../audit/trail.ts'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import { createNamesOfMany, type PersonNames } from '../../entra/directory/names-of-many.ts'
import type { Microsoft } from '../../entra/microsoft.ts'
import { Problem } from '../../errors.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { Gate } from '../../gate/gate.ts'
import { isTakenAway, type Plan } from '../../session/record/plan.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { Stores } from '../../session/stores.ts'
import { createAsPerson } from '../reading/as-person.ts'
import type { ApprovalSeen } from './approvals-seen.ts'
import { type GatePeople, peopleIn } from './gate-people.ts'
import { createGatesWithPeople } from './gates-with-people.ts'
import { createNamesIn } from './names-in.ts'
import type { PeriodOn } from './on.ts'
import { createRemovals } from './removals.ts'
import type { Review } from './reviews.ts'

/** `people` holds the gates that Microsoft told of, `silent` the titles of those of which nothing is known now. */
export type PeopleAtGates = {
  people: readonly GatePeople[]
  silent: readonly string[]
  names: ReadonlyMap<string, PersonNames>
}
/** What this application knows of somebody's use of a gate. */
export type SeenHere = {
  sessions: readonly SessionRecord[]
  /** The end of their access that an administrator gave here, while it holds. */
  takenAway?: Plan
}

type Below = {
  config: Config
  clock: Clock
  microsoft: Pick<Microsoft, 'graph' | 'appToken'>
  stores: Pick<Stores, 'aboutGate' | 'sessions'>
  gate: Pick<Gate, 'gates' | 'pimToken' | 'administrationToken' | 'budget'>
  /** The trail of the acts at the gate of this name. */
  trailAt: (gate: string) => Trail
}

/**
 * Who has access at the gates of this Gatehouse, as Microsoft and our own sessions tell it. Whoever calls it has asked the
 * gates `administrators` and `auditors` already. Every method throws Problem('redis-away') when Redis does not answer, and
 * nothing of Graph's.
 */
export function createPeople({ config, clock, microsoft, stores, gate, trailAt }: Below) {
  const { gates, pimToken, administrationToken, budget } = gate
  const now = () => clock().getTime()
  const { tenantId } = config.entra
  const asPerson = createAsPerson(pimToken, budget)
  const asAdministrator = createAsPerson(administrationToken, budget)
  const namesOfMany = createNamesOfMany({ graph: budget.counting(microsoft.graph), clock })
  const appToken = config.membership.roster ? microsoft.appToken : undefined
  const listed = createGatesWithPeople({ clock, stores, gates, asPerson, appToken })
  const find = (name: string) => listed.find(each => each.name === name)
  const personOf = (objectId: string) => ({ tenantId, objectId })

  const namesIn = createNamesIn({ asPerson, namesOfMany })

  return {
    /** What else happens where an administrator takes access away. */
    removals: createRemovals({ clock, tenantId, find, asAdministrator }),

    /** The gates whose people can be listed, and those of a role alone, of which only Entra knows the holders. */
    gates: listed.map(({ name, title }) => ({ gate: name, title })),
    /** The gates of a role that a group carries: somebody else may have been given the role itself. */
    byRole: gates.all.filter(({ pim, settings }) => pim && settings.role !== undefined).map(({ title }) => title),
    unlisted: gates.all.filter(({ pim }) => !pim).map(({ title }) => title),

    /** Everybody at these gates; with `even: 'new'` asked for anew. */
    async at(who: Who, names: readonly string[], even?: 'new'): Promise<PeopleAtGates> {
      const wanted = listed.filter(({ name }) => names.includes(name))
      const readings = await Promise.all(wanted.map(each => each.readings.latest(who, even)))
      const found = wanted.flatMap(({ name: gate, title }, index) => {
        const reading = readings[index]
        return reading ? [{ gate, title, reading }] : []
      })
      const people = found.map(({ gate, title, reading }) => peopleIn({ gate, title }, reading, now()))
      const silent = wanted.filter((_, index) => !readings[index]).map(({ title }) => title)
      return {
        people,
        silent,
        names: await namesIn(
          who,
          found.map(({ reading }) => reading),
          people,
        ),
      }
    },

    /** What this application itself knows of a person at a gate. */
    async seenHere(name: string, objectId: string): Promise<SeenHere> {
      const [sessions, plan] = await Promise.all([
        stores.sessions.openSessions(personOf(objectId)),
        stores.aboutGate(name).knownPlans.latest(personOf(objectId)),
      ])
      return { sessions, ...(plan && isTakenAway(plan) && (plan.heldUntil ?? 0) > now() && { takenAway: plan }) }
    },

    /** Who approved these periods of a gate, by the ids of their requests. */
    approvals: async (
      who: Who,
      name: string,
      periods: readonly PeriodOn[],
    ): Promise<ReadonlyMap<string, ApprovalSeen>> => (await find(name)?.approvals(who, periods)) ?? new Map(),

    /** When an administrator last decided that somebody keeps a permission. */
    reviewOf: async (name: string, objectId: string): Promise<Review | undefined> =>
      find(name)?.reviews.last(personOf(objectId)),

    /** Records that an administrator looked at somebody's permission and keeps it. */
    async keep(who: Who, { gate: name, subject, comment }: { gate: string; subject: AuditedPerson; comment: string }) {
      const reviews = find(name)?.reviews
      if (!reviews) throw new Problem('not-found')
      await trailAt(name)(
        'review',
        { act: randomUUID(), actor: who.identity },
        { kind: 'eligible', subject, reason: comment },
        () => reviews.note(personOf(subject.objectId), who.identity),
        () => ({ verdict: 'done' }),
      )
    },
  }
}
export type People = ReturnType<typeof createPeople>
