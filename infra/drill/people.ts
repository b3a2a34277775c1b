import { setTimeout as after } from 'node:timers/promises'
import { deadlineOf, type Ending, type Sample } from './judge.ts'
import type { Tenant } from './tenant.ts'

/** The people who stay inside throughout, and those whose access ends, in turn. */
const staying = ['alice', 'ada']
const leaving = ['ben', 'lena', 'oskar', 'guido']
export const everybody = [...staying, ...leaving]

const longEnoughMs = 12 * 3_600_000
/** A "no" is remembered for five seconds, and a roster may be that old. */
const returningMs = 12_000

export type Watched = Ending & { drill: string; deadline: number; seenInAt: number[] }
export type People = ReturnType<typeof createPeople>

/** Who has access by the tenant's knowledge, and how long people without access were seen inside. */
export function createPeople(tenant: Tenant) {
  const endings: Watched[] = []
  const ended = new Map<string, Watched>()
  const returning = new Map<string, number>()
  let pool = [...leaving]

  async function giveAccess(people: readonly string[]): Promise<void> {
    for (const person of people) await tenant.assign(person, Date.now() + longEnoughMs)
  }

  /** Gives access back to everybody who lost it, once it is certain that they were outside. */
  async function bringBack(): Promise<void> {
    const certain = Math.max(...[...ended.values()].map(({ deadline }) => deadline)) + 2_000
    await after(Math.max(0, certain - Date.now()))
    const back = [...ended.keys()]
    ended.clear()
    for (const person of back) returning.set(person, Date.now() + returningMs)
    await giveAccess(back)
    await after(returningMs)
    pool = [...pool, ...back]
  }

  return {
    giveAccess: () => giveAccess(leaving),

    /** Makes sure that at least that many people still have access to lose. */
    async need(count: number): Promise<void> {
      if (pool.length < count) await bringBack()
    },

    /** Ends a person's access now, or plans its end at the tenant now. */
    async end(drill: string, how: Ending['how'], at = Date.now()): Promise<Watched> {
      const person = pool.shift() as string
      const end = how === 'known' ? await tenant.assign(person, at) : await tenant.end(person).then(() => Date.now())
      const watched = { person, at: end, how, drill, deadline: Number.POSITIVE_INFINITY, seenInAt: [] }
      endings.push(watched)
      ended.set(person, watched)
      return watched
    },

    /** Computes by when the people of a drill had to be outside, now that the end of the fault is known. */
    settle(drill: string, facts: Parameters<typeof deadlineOf>[1]): void {
      for (const ending of endings) if (ending.drill === drill) ending.deadline = deadlineOf(ending, facts)
    },

    /** Notes the answer that a person got. */
    saw(person: string, { at, kind }: Sample): void {
      const ending = ended.get(person)
      if (ending && kind === 'in' && at > ending.at) ending.seenInAt.push(at)
    },

    mayBeOut(person: string, done: number): boolean {
      const ending = ended.get(person)
      if (ending) return done >= ending.at
      return done < (returning.get(person) ?? 0)
    },

    /** Resolves when every person without access must be outside. */
    async allOut(): Promise<void> {
      const last = Math.max(0, ...[...ended.values()].map(({ deadline }) => deadline))
      await after(Math.max(0, last + 2_000 - Date.now()))
    },

    /** How often people of this drill were inside after they had to be outside. */
    overStays: (drill: string): number =>
      endings
        .filter(ending => ending.drill === drill)
        .reduce((sum, { seenInAt, deadline }) => sum + seenInAt.filter(at => at > deadline).length, 0),

    /** The longest time that a person of this drill was seen inside after the end, in seconds. */
    longestStay: (drill: string): number =>
      Math.max(
        0,
        ...endings
          .filter(each => each.drill === drill)
          .flatMap(({ at, seenInAt }) => seenInAt.map(seen => (seen - at) / 1000)),
      ),
  }
}
