import { randomUUID } from 'node:crypto'

/** `direct`: added outside PIM, so that PIM has no instance of it. */
export type StayKind = 'assigned' | 'activated' | 'direct'

type Plan = { at: Date; until: Date | undefined; isMember: boolean }

/** One stay in the access group, with everything that was ever planned about its end: what lags still shows the old plan. */
export type Stay = { id: string; key: string; kind: StayKind; from: Date; plans: Plan[] }

/** A stay as it stood at one moment. */
export type StayThen = Omit<Stay, 'plans'> & Omit<Plan, 'at'>

export function newStay(stay: Omit<Stay, 'id' | 'plans'>, until: Date | undefined): Stay {
  return { id: randomUUID(), ...stay, plans: [{ at: stay.from, until, isMember: true }] }
}

/** How the stay stood then; undefined when it had not begun, was over, or was ended before. */
export function stayThen({ plans, ...stay }: Stay, at: Date): StayThen | undefined {
  const plan = plans.findLast(each => each.at <= at)
  if (!plan || stay.from > at || (plan.until && plan.until <= at)) return undefined
  return { ...stay, until: plan.until, isMember: plan.isMember }
}

/** Changes what is planned from now on. */
export function replan({ plans }: Stay, at: Date, change: Partial<Omit<Plan, 'at'>>): void {
  const last = plans.at(-1)
  if (last) plans.push({ ...last, ...change, at })
}
