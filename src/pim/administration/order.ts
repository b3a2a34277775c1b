import { z } from 'zod'
import type { Asked, AuditedAct } from '../../audit/trail.ts'
import { accessKinds } from '../../entra/pim/giving-rules.ts'
import type { OrderRefusal } from './words.ts'

const epochMs = z.int()
const personShape = z.object({ objectId: z.string(), name: z.string(), username: z.string() })

/** What an administrator asks about somebody's access: to give it, to move its end, to prolong it, or to take it away. */
export const orderActs = ['assign', 'change', 'extend', 'remove'] as const
export type OrderAct = (typeof orderActs)[number]

const lineShape = z.object({
  person: personShape,
  what: z.enum(orderActs),
  /** The id that all records of this act share in the trail. */
  act: z.string(),
  /**
   * How far the act has come. `ready`: it is not sent · `asking`: it was sent, and PIM has not answered · `unanswered`: it
   * may have happened · `waiting`: PIM took it, and has not carried it out · `done` · `refused`: it did not happen.
   */
  stage: z.enum(['ready', 'asking', 'unanswered', 'waiting', 'done', 'refused']),
  askedAt: epochMs.optional(),
  doneAt: epochMs.optional(),
  /** The id of PIM's request, and the last status of it that is known. */
  request: z.string().optional(),
  status: z.string().optional(),
  problem: z.custom<OrderRefusal>(found => typeof found === 'object').optional(),
})
/** The act about one person. Instants in epoch ms. */
export type OrderLine = z.infer<typeof lineShape>

/** How an order is written down, as JSON in a note. */
export const orderShape = z.object({
  id: z.string(),
  gate: z.string(),
  kind: z.enum(accessKinds),
  /** When the access is to end; left out where it has no end, or is taken away. */
  until: epochMs.optional(),
  reason: z.string(),
  ticket: z.string().optional(),
  begunAt: epochMs,
  /** When somebody last worked on it: an order that rests has nobody who works on it any more. */
  workedAt: epochMs,
  /** Microsoft has too much to do: nothing more is sent before then. */
  restUntil: epochMs.optional(),
  /** The claims that Entra must prove before anything more is sent, and how many times Entra was asked to. */
  claims: z.string().optional(),
  /** The claims that Entra proved last. */
  claimsBefore: z.string().optional(),
  challenges: z.int().default(0),
  lines: z.array(lineShape),
})
/** What an administrator asked for at one gate, with a line for each person, and how far it has come. */
export type Order = z.infer<typeof orderShape>

/** At most so many people in one order. */
export const mostPeople = 50

/** The verb of a line in the audit trail. */
export const auditedActOfLine = ({ what }: Pick<OrderLine, 'what'>): AuditedAct => auditedActs[what]
const auditedActs = {
  assign: 'assignment',
  change: 'assignmentChange',
  extend: 'assignmentChange',
  remove: 'removal',
} as const satisfies Record<OrderAct, AuditedAct>

/** The facts of a line as the audit trail records them. */
export const askedOfLine = ({ kind, until, reason, ticket }: Order, { person, what }: OrderLine): Asked => ({
  kind,
  ...(until !== undefined && what !== 'remove' && { until: new Date(until).toISOString() }),
  reason,
  ...(ticket && { ticket }),
  subject: person,
})

/** So long (ms) after the last sign of work, nobody works on an order any more. PIM's answer takes ten seconds at most. */
const restsAfterMs = 15_000

/** Whether lines of this order wait to be sent, and nobody is sending them. `now` in epoch ms. */
export const isLeftOver = ({ lines, workedAt, claims, restUntil }: Order, now: number): boolean =>
  lines.some(({ stage }) => stage === 'ready') &&
  (claims !== undefined || restUntil !== undefined || now - workedAt >= restsAfterMs)

/** Whether the result of each line is known, or nothing more will happen by itself. */
export const isAtRest = (order: Order, now: number): boolean =>
  order.lines.every(
    ({ stage }) => stage === 'done' || stage === 'refused' || (stage === 'ready' && isLeftOver(order, now)),
  )
