import { type Ending, endings } from './endings.ts'

/** The name of a bad end. */
export type ProblemCode = keyof typeof endings

/** Facts of one bad end, beside its code. */
export type ProblemFacts = {
  /** When access ended, in epoch ms. */
  endedAt?: number | undefined
  /** Whether access ended because its time was up. */
  ranOut?: boolean
  /** The name of the gate that refused, and those of the other gates that would have opened the page. */
  gate?: string
  otherGates?: readonly string[]
  /** The authentication context to ask for now. Absent when Entra was asked for it in vain: nobody is sent round in circles. */
  context?: string
  /** The page to try again, where that is another page than the one asked for. */
  returnTo?: string
}

/** A bad end that we foresaw. Its `cause` is for the log, which prints an allow-listed part of it. */
export class Problem extends Error {
  override name = 'Problem'
  readonly code: ProblemCode
  /** The facts that a page may show. */
  readonly facts: ProblemFacts

  constructor(code: ProblemCode, { cause, facts = {} }: { cause?: unknown; facts?: ProblemFacts } = {}) {
    super(code, { cause })
    this.code = code
    this.facts = facts
  }

  get ending(): Ending {
    return endings[this.code]
  }
}

/** Any thrown value as a Problem. An error that nobody foresaw becomes Problem('unexpected'), with the error as its cause. */
export const problemOf = (thrown: unknown): Problem =>
  thrown instanceof Problem ? thrown : new Problem('unexpected', { cause: thrown })

/** Whether a thrown value is a Problem with one of these codes. */
export const isProblem = (thrown: unknown, ...codes: readonly ProblemCode[]): thrown is Problem =>
  thrown instanceof Problem && codes.includes(thrown.code)
