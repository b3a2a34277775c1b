import type { Known } from '../model/known.ts'
import type { Thing } from '../model/thing.ts'
import type { Given } from '../run/given.ts'
import type { AssignmentWish, GateWish } from '../wish/tenant-wish.ts'
import { assign } from './assign.ts'
import { idOf, nameOf } from './named.ts'
import { someOf } from './references.ts'
import { type AssignmentKind, assignedIn } from './schedules.ts'
import { nameStrangers } from './strangers.ts'

/** `until` is an instant, `permanent`, or `as long as PIM allows` for one that is not there yet. */
type Shown = { person: string; until: string }

const asLongAsAllowed = 'as long as PIM allows'
/** PIM may keep an end a little later than it was sent. */
const sameEndMs = 60_000

/** The people who may turn on access at a gate, and those who have it without turning it on. */
export const assignmentThings = (gate: GateWish, given: Given): Thing[] =>
  (['eligible', 'active'] as const).flatMap(kind => (gate[kind].length > 0 ? [assignmentThing(gate, kind, given)] : []))

function assignmentThing(gate: GateWish, kind: AssignmentKind, given: Given): Thing {
  const { group } = gate
  const wishes = gate[kind]
  const object = `${kind} people of group ${group}`
  let strangers: readonly string[] = []

  async function found(known: Known): Promise<Shown[]> {
    const groupId = known.groups.get(group)
    if (groupId === undefined) return []
    const all = await assignedIn(given.graph, groupId, { kind, now: given.clock() })
    return all.map(({ personId, until }) => ({ person: nameOf(known.people, personId), until }))
  }

  return {
    object,
    async read(known) {
      const all = await found(known)
      const isWished = ({ person }: Shown) => wishes.some(wish => wish.person === person)
      strangers = await nameStrangers(
        given.graph,
        all.filter(each => !isWished(each)).map(({ person }) => person),
      )
      const people = wishes.flatMap(({ person }) => all.find(each => each.person === person) ?? [])
      return people.length > 0 ? { people } : undefined
    },
    after: (_known, before) => ({ people: wishes.map(wish => shownAfter(wish, peopleIn(before))) }),
    async write(known, before) {
      const groupId = idOf(known.groups, group)
      for (const wish of wishes) {
        const there = peopleIn(before).find(({ person }) => person === wish.person)
        if (there && shownAfter(wish, [there]).until === there.until) continue
        const personId = idOf(known.people, wish.person)
        await assign(wish, { kind, groupId, personId, isThere: there !== undefined }, given)
      }
    },
    leaves: () => (strangers.length > 0 ? [`${object}: ${someOf(strangers)}, too.`] : []),
  }
}

const peopleIn = (before: unknown): readonly Shown[] => (before as { people: Shown[] } | undefined)?.people ?? []

function shownAfter({ person, until, permanent }: AssignmentWish, before: readonly Shown[]): Shown {
  const there = before.find(each => each.person === person)?.until
  if (permanent) return { person, until: 'permanent' }
  if (until === undefined) return { person, until: there ?? asLongAsAllowed }
  return { person, until: isSameEnd(there, until) ? (there as string) : until }
}

const isSameEnd = (there: string | undefined, wanted: string): boolean =>
  Math.abs(Date.parse(there ?? '') - Date.parse(wanted)) <= sameEndMs
