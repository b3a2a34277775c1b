/** Who acts, and on whose access. Names as they were then: people are renamed, records are not. */
export type Actor = { objectId: string; name: string }
type Wish = { reason?: string | undefined; ticket?: string | undefined; minutes?: number | undefined }
type Outcome = { request?: string | undefined; status?: string | undefined }

type Act = 'activation' | 'extension' | 'ending' | 'cancellation' | 'approval' | 'denial'
/** 'Unanswered': it may have happened; what is found out later is one more record of the same act. */
type Stage = 'Requested' | 'Completed' | 'Failed' | 'Unanswered'
/** One fact. `at` is epoch ms by our clock; `act` ties what was asked to what became of it. */
export type AuditRecord = {
  at: number
  event: `${Act}${Stage}`
  act: string
  actor: Actor
  /** Microsoft's request id where there is one, whatever the act. */
  [fact: string]: unknown
}
/** Keeps a record for good. Throws when it cannot: what cannot be recorded is not done. */
export type Append = (record: AuditRecord) => Promise<void>

/** The facts we swear to. Every act that changes access is recorded before it is tried, and after. */
export function createTrail({
  clock,
  append,
  onLost,
}: {
  clock: () => Date
  append: Append
  /** Told when the record after an act could not be kept: the act has happened, and its person must hear so. */
  onLost: (error: unknown) => void
}) {
  const record = (
    event: AuditRecord['event'],
    { act, actor }: { act: string; actor: Actor },
    facts: Wish & Outcome & { person?: string | undefined },
  ) => append({ ...facts, at: clock().getTime(), event, act, actor: { objectId: actor.objectId, name: actor.name } })

  /**
   * Records that it is asked for, does it, and records what became of it. What is thrown is recorded and rises.
   * `outcomeOf` says what the answer was: an answer can be a failure too.
   */
  async function audited<T>(
    kind: Act,
    who: { act: string; actor: Actor },
    facts: Wish & { request?: string | undefined; person?: string | undefined },
    work: () => Promise<T>,
    outcomeOf: (value: T) => Outcome & { failed?: boolean },
  ): Promise<T> {
    await record(`${kind}Requested`, who, facts)
    try {
      const value = await work()
      const { failed, ...outcome } = outcomeOf(value)
      await record(failed ? `${kind}Failed` : `${kind}Completed`, who, { ...facts, ...outcome }).catch(onLost)
      return value
    } catch (thrown) {
      const stage = isAnswer(thrown) ? 'Failed' : 'Unanswered'
      await record(`${kind}${stage}`, who, { ...facts, status: codeOf(thrown) }).catch(onLost)
      throw thrown
    }
  }

  /** Records what became of an act that was not answered, once that is known. */
  const found = async (
    kind: Act,
    who: { act: string; actor: Actor },
    { failed, ...facts }: Wish & Outcome & { failed?: boolean },
  ): Promise<void> => record(`${kind}${failed ? 'Failed' : 'Completed'}`, who, facts).catch(onLost)

  return Object.assign(audited, { found })
}
export type Trail = ReturnType<typeof createTrail>

const isAnswer = (thrown: unknown) => !(thrown instanceof Error && thrown.name === 'NoAnswer')

const codeOf = (thrown: unknown) =>
  thrown instanceof Error && 'code' in thrown
    ? String(thrown.code).slice(0, 100)
    : thrown instanceof Error
      ? thrown.name
      : 'unknown'
