import { randomUUID } from 'node:crypto'

/** A `direct` stay was added outside PIM, so PIM has no instance of it. */
export type StayKind = 'assigned' | 'activated' | 'direct'

type Plan = { at: Date; until: Date | undefined; isMember: boolean }
type Facts = { id: string; key: string; kind: StayKind; from: Date; memberFrom?: Date | undefined }

/** One stay in a managed group, with every end that was ever planned: a view that lags still shows the old plan. */
export type Stay = Facts & { plans: Plan[] }

/** The state of a stay at one moment. */
export type StayThen = Omit<Stay, 'plans'> & Omit<Plan, 'at'>

export function newStay(stay: Omit<Facts, 'id'> & { id?: string }, until: Date | undefined): Stay {
  return { id: randomUUID(), ...stay, plans: [{ at: stay.from, until, isMember: true }] }
}

/** The state of the stay at that moment; undefined when the stay had not begun, was over, or was ended before. */
export function stayThen(stay: Stay, at: Date): StayThen | undefined {
  return stay.from > at ? undefined : stayPlanned(stay, at)
}

/** The same, also for a stay that had not begun yet: PIM may show a stay as begun before the directory does. */
export function stayPlanned({ plans, ...stay }: Stay, at: Date): StayThen | undefined {
  const plan = plans.findLast(each => each.at <= at) ?? plans[0]
  if (!plan || (plan.until && plan.until <= at)) return undefined
  return { ...stay, until: plan.until, isMember: plan.isMember && (stay.memberFrom ?? stay.from) <= at }
}

/** Changes the plan from now on. */
export function replan({ plans }: Stay, at: Date, change: Partial<Omit<Plan, 'at'>>): void {
  const last = plans.at(-1)
  if (last) plans.push({ ...last, ...change, at })
}
