import { z } from 'zod'
import { clockToleranceMs } from '../../clock.ts'
import { epochMs } from './epoch-ms.ts'

/**
 * The person's own activation as PIM told it, asked with their own token: a bound on their membership, never a proof of it.
 * All instants are in epoch ms.
 */
export const planShape = z.object({
  askedAt: epochMs,
  /**
   * Tells which of two plans of one person is the newer: higher than everything that was known when this plan was
   * written, whatever the clocks of the replicas say. Absent in plans of older releases; there `askedAt` stands for it.
   */
  order: epochMs.optional(),
  /** The `order` of the last act of the person (an extension, an end) that this plan takes into account. */
  act: epochMs.optional(),
  /** When PIM last showed a period that runs, or begins at once. */
  shownAt: epochMs.optional(),
  /** When the present period began. */
  from: epochMs.optional(),
  /**
   * When the present period ends, including periods that follow without a gap. In the past: the period has ended. Absent:
   * no end is known.
   */
  until: epochMs.optional(),
  /** Where one period follows another: Microsoft may show nobody in the group for some seconds. */
  seamAt: epochMs.optional(),
  /** When the period was ended here: a period that began before does not count any more, whatever lists still say. */
  endedAt: epochMs.optional(),
  /** The administrator who ended it here, and why. Absent where the person ended it themselves. */
  endedBy: z.object({ name: z.string().optional(), comment: z.string().optional() }).optional(),
  /**
   * An administrator ended it here, and Microsoft has not carried that out, or refused to: until then every proof is one
   * of the period that was ended.
   */
  heldUntil: epochMs.optional(),
  /**
   * Microsoft has carried out that end. It does so only for periods that are five minutes old, so a period that began around the
   * end, by whichever clock, is a new one.
   */
  isCarriedOut: z.boolean().optional(),
})
export type Plan = z.infer<typeof planShape>

/** Lists and tokens may lag PIM by this long. A "yes" within that time after an end does not lift the end. */
export const lagMs = 2 * 60_000
/** After this long a change is in the lists, even where another replica made it, whose clock differs from ours. */
export const surelyListedMs = lagMs + clockToleranceMs

/** Until when (epoch ms) a proof says nothing against the end of a plan. Infinity where no end is known. */
export const bindsUntil = ({ until = Infinity, heldUntil = 0 }: Plan): number => Math.max(until + lagMs, heldUntil)

/** Which of two plans of one person is the newer: the one of the higher number. 0 where there is no plan. */
export const orderOf = (plan: Plan | undefined): number => plan?.order ?? plan?.askedAt ?? 0

/** The newer of two plans of one person; of two equal ones the first. */
export const newerPlan = (one: Plan | undefined, other: Plan | undefined): Plan | undefined =>
  orderOf(other) > orderOf(one) ? other : one

/**
 * Whether this plan was ended here, by the person or an administrator. It is over at once, also on a replica whose clock has
 * not reached the end.
 */
export const isEndedHere = ({ until, endedAt }: Plan): boolean => endedAt !== undefined && until === endedAt
/** Whether an administrator ended this plan here: no act of the person about the same period lifts that. */
export const isTakenAway = (plan: Plan): boolean => isEndedHere(plan) && plan.endedBy !== undefined
