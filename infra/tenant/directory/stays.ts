import { randomUUID } from 'node:crypto'

/** `direct`: added outside PIM, so that PIM has no instance of it. */
export type StayKind = 'assigned' | 'activated' | 'direct'

type Plan = { at: Date; until: Date | undefined; isMember: boolean }
type Facts = { id: string; key: string; kind: StayKind; from: Date; memberFrom?: Date | undefined }

/** One stay in the access group, with everything that was ever planned about its end: what lags still shows the old plan. */
export type Stay = Facts & { plans: Plan[] }

/** A stay as it stood at one moment. */
export type StayThen = Omit<Stay, 'plans'> & Omit<Plan, 'at'>

export function newStay(stay: Omit<Facts, 'id'> & { id?: string }, until: Date | undefined): Stay {
  return { id: randomUUID(), ...stay, plans: [{ at: stay.from, until, isMember: true }] }
}

/** How the stay stood then; undefined when it had not begun, was over, or was ended before. */
export function stayThen(stay: Stay, at: Date): StayThen | undefined {
  return stay.from > at ? undefined : stayPlanned(stay, at)
}

/** The same, also when it had yet to begin. PIM may say that it has begun before the directory makes it so. */
export function stayPlanned({ plans, ...stay }: Stay, at: Date): StayThen | undefined {
  const plan = plans.findLast(each => each.at <= at) ?? plans[0]
  if (!plan || (plan.until && plan.until <= at)) return undefined
  return { ...stay, until: plan.until, isMember: plan.isMember && (stay.memberFrom ?? stay.from) <= at }
}

/** Changes what is planned from now on. */
export function replan({ plans }: Stay, at: Date, change: Partial<Omit<Plan, 'at'>>): void {
  const last = plans.at(-1)
  if (last) plans.push({ ...last, ...change, at })
}
