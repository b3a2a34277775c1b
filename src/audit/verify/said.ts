import { z } from 'zod'

/** The steps of an act that are its outcome. An act that waits, or was not answered, may have another one later. */
const outcomes = ['Completed', 'Failed', 'Waiting', 'Unanswered'] as const
export type OutcomeStep = (typeof outcomes)[number]

/** What a record says that a verdict depends on. */
export type Said = {
  seq: number
  /** Epoch ms; not a number where the record has no instant. */
  at: number
  /** The hash that stands for its personal part. */
  personal: string | undefined
  /** A step of an act. The same `act` in the same kind of act is the same act. */
  step?: { act: string; is: 'Requested' | OutcomeStep } | undefined
  /** Records that the log says it has lost: the numbers of the first and the last. */
  lost?: { from: number; to: number } | undefined
  /** The last number that the log says it has dropped for its age. */
  droppedTo?: number | undefined
}

const number = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const anyRecord = z.object({
  v: z.literal(1),
  seq: number,
  at: z.string(),
  event: z.string(),
  act: z.string().optional().catch(undefined),
  personal: z.string().optional(),
  from: number.optional().catch(undefined),
  to: number.optional().catch(undefined),
})

/** Reads the bytes of a record. Undefined for what is none, or is of a version that is not known here. */
export function readSaid(bytes: string): Said | undefined {
  const { data } = anyRecord.safeParse(parsed(bytes))
  if (!data) return undefined
  const { seq, at, personal, event, from, to } = data
  return {
    seq,
    at: Date.parse(at),
    personal,
    step: stepOf(event, data.act),
    lost: event === 'auditShortened' && from !== undefined && to !== undefined ? { from, to } : undefined,
    droppedTo: event === 'auditDropped' ? to : undefined,
  }
}

function stepOf(event: string, act: string | undefined): Said['step'] {
  const found = /(.+)(Requested|Completed|Failed|Waiting|Unanswered)$/.exec(event)
  if (!found || act === undefined) return undefined
  const [, kind, is] = found
  return { act: `${kind} ${act}`, is: is as 'Requested' | OutcomeStep }
}

function parsed(bytes: string): unknown {
  try {
    return JSON.parse(bytes)
  } catch {}
  return undefined
}
