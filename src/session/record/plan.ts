import { z } from 'zod'
import { clockToleranceMs } from '../../clock.ts'
import { epochMs } from './epoch-ms.ts'

/**
 * The person's own activation as PIM told it, asked with their own token: a bound on their membership, never a proof of it. All instants are in epoch ms.
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
  /** When the person ended the period here: a period that began before does not count any more, whatever lists still say. */
  endedAt: epochMs.optional(),
})
export type Plan = z.infer<typeof planShape>

/** Lists and tokens may lag PIM by this long. A "yes" within that time after an end does not lift the end. */
export const lagMs = 2 * 60_000
/** After this long a change is in the lists, even where another replica made it, whose clock differs from ours. */
export const surelyListedMs = lagMs + clockToleranceMs

/** Which of two plans of one person is the newer: the one of the higher number. 0 where there is no plan. */
export const orderOf = (plan: Plan | undefined): number => plan?.order ?? plan?.askedAt ?? 0

/** The newer of two plans of one person; of two equal ones the first. */
export const newerPlan = (one: Plan | undefined, other: Plan | undefined): Plan | undefined =>
  orderOf(other) > orderOf(one) ? other : one

/** Whether the person ended this plan here. It is over at once, also on a replica whose clock has not reached the end. */
export const isEndedHere = ({ until, endedAt }: Plan): boolean => endedAt !== undefined && until === endedAt
