/**
 * One part of the tenant as it was read: its value, or that it does not exist, or why it could not be seen and what would
 * show it. `refusal` is Graph's code, where Graph refused.
 */
export type Fact<T> = { value: T } | { missing: string } | { unseen: string; remedy: string; refusal?: string }

/** A check asked for a part of the tenant that could not be seen. It cannot tell, then. */
export class UnseenFact extends Error {
  override name = 'UnseenFact'
  /** Which permission would show it, or what to do instead. */
  readonly remedy: string

  constructor(message: string, remedy: string) {
    super(message)
    this.remedy = remedy
  }
}

/** The value of a fact. Throws UnseenFact where there is none. */
export function see<T>(fact: Fact<T>): T {
  if ('value' in fact) return fact.value
  if ('missing' in fact) throw new UnseenFact(fact.missing, 'Mend what is missing first, then check again.')
  throw new UnseenFact(fact.unseen, fact.remedy)
}

/** Whether something was looked for and does not exist. */
export const isMissing = (fact: Fact<unknown>): fact is { missing: string } => 'missing' in fact

/** A fact that follows from another one. Where the first has no value, neither has the second. */
export async function following<T, Next>(fact: Fact<T>, next: (value: T) => Promise<Fact<Next>>): Promise<Fact<Next>> {
  return 'value' in fact ? next(fact.value) : fact
}
