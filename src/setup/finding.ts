import type { setupVerdicts } from '../labels.ts'

/** What a check of the tenant says. `cannot-tell` is never a failure: something could not be seen. */
export type SetupVerdict = (typeof setupVerdicts)[number]

/**
 * What one check found, as the doctor prints it and as tools read it. `what` is a sentence about the tenant as it is. `why`
 * says why it matters. `fix` is one sentence or command: empty where all is right, and where nothing can be told it says
 * which permission would tell.
 */
export type SetupFinding = { check: string; verdict: SetupVerdict; what: string; why: string; fix: string }

/** The part of a finding that a check decides. */
export type Judged = Pick<SetupFinding, 'verdict' | 'what' | 'fix'>

/** All is as it should be. */
export const right = (what: string): Judged => ({ verdict: 'right', what, fix: '' })
/** Something differs from what the application needs, with the remedy. */
export const wrong = (what: string, fix: string): Judged => ({ verdict: 'wrong', what, fix })
/** Something could not be seen. `fix` says which permission would show it, or what to do instead. */
export const untold = (what: string, fix: string): Judged => ({ verdict: 'cannot-tell', what, fix })
