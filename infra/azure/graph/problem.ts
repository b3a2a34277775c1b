/** What Graph refused, or left unanswered. The message is a sentence for whoever runs the program, without secrets. */
export class GraphProblem extends Error {
  /** The HTTP status; undefined where no answer came. */
  readonly status: number | undefined
  /** Graph's or PIM's code, e.g. `Authorization_RequestDenied`. */
  readonly code: string | undefined
  constructor(sentence: string, { status, code }: { status?: number | undefined; code?: string | undefined } = {}) {
    super(sentence)
    this.status = status
    this.code = code
  }
}

/** Whether Graph does not show an object (yet). */
export const isNotShown = (error: unknown): boolean => error instanceof GraphProblem && error.status === 404

/** Whether Graph refused because the same object is there already. */
export const isThereAlready = (error: unknown): boolean =>
  error instanceof GraphProblem &&
  (error.status === 409 ||
    (error.status === 400 &&
      /already|conflict|RoleAssignmentExists|SameKeyValue|PendingRoleAssignment/i.test(
        `${error.code} ${error.message}`,
      )))
