/**
 * Somebody, as they were called then: people are renamed, records are not. The object id says who they are, the user
 * name (userPrincipalName) is what auditors search by.
 */
export type Person = { objectId: string; name?: string | undefined; username?: string | undefined }
export type Actor = Person & { name: string; username: string }

/** What became of an act, whatever it was: what a page says of it, and what the trail says, is this one value. */
export type Verdict = 'done' | 'waiting' | 'denied' | 'failed' | 'unanswered'
/** `status`: PIM's word for it, or the code of what went wrong. `by`: who decided, where it was somebody else. */
export type Outcome = {
  verdict: Verdict
  request?: string | undefined
  status?: string | undefined
  by?: Person | undefined
}

type Wish = { reason?: string | undefined; ticket?: string | undefined; minutes?: number | undefined }
/** What is asked for. `subject`: whose access it is about, where that is not the actor. */
export type Asked = Wish & { request?: string | undefined; subject?: Person | undefined }

export type Act = 'activation' | 'extension' | 'ending' | 'cancellation' | 'approval' | 'denial'
/** 'Unanswered': it may have happened. What is found out later, of that or of what waits, is one more record of the same act. */
type Stage = 'Requested' | 'Completed' | 'Waiting' | 'Failed' | 'Unanswered'
const stageOf = {
  done: 'Completed',
  waiting: 'Waiting',
  denied: 'Failed',
  failed: 'Failed',
  unanswered: 'Unanswered',
} as const satisfies Record<Verdict, Stage>

/** One fact. `at` is epoch ms by our clock; `act` ties what was asked to what became of it. */
export type AuditRecord = {
  at: number
  event: `${Act}${Stage}`
  act: string
  actor: Person
  /** The name alone of the `subject`. */
  person?: string | undefined
  /** Microsoft's request id where there is one, whatever the act. */
  [fact: string]: unknown
}
/** Keeps a record for good. Throws when it cannot: what cannot be recorded is not done. */
export type Append = (record: AuditRecord) => Promise<void>
/**
 * Writes what is news of an act, and nothing that was told already, by whichever replica, or after its end. `rank` says
 * how much is known: 0 when it is asked for (anew), and more the later.
 */
export type Once = (act: string, rank: number, write: () => Promise<void>) => Promise<void>

const rankOf: Record<Stage, number> = { Requested: 0, Unanswered: 1, Waiting: 2, Failed: 3, Completed: 3 }

/** Who did it, and the id that its records share. */
export type Doing = { act: string; actor: Actor }

/** The facts we swear to. Every act that changes access is recorded before it is tried, and after. */
export function createTrail({
  clock,
  append,
  once = (_act, _rank, write) => write(),
  verdictOf,
  onLost,
}: {
  clock: () => Date
  append: Append
  once?: Once
  /** What a thrown error says of the act. */
  verdictOf: (thrown: unknown) => Verdict
  /** Told when the record after an act could not be kept: the act has happened, and its person must hear so. */
  onLost: (error: unknown) => void
}) {
  function record(kind: Act, stage: Stage, { act, actor }: Doing, facts: Asked & Omit<Outcome, 'verdict'>) {
    const { subject, by, ...plain } = facts
    const told = {
      ...plain,
      ...(subject && { subject: personIn(subject), person: subject.name }),
      ...(by && { by: personIn(by) }),
      at: clock().getTime(),
      event: `${kind}${stage}` as const,
      act,
      actor: { objectId: actor.objectId, name: actor.name, username: actor.username },
    }
    return once(act, rankOf[stage], () => append(told))
  }

  /** Records what became of an act that was not answered, or waited, once that is known: one record, whoever finds it. */
  const found = (kind: Act, doing: Doing, { verdict, ...facts }: Asked & Outcome): Promise<void> =>
    record(kind, stageOf[verdict], doing, facts).catch(onLost)

  /** Records that it is asked for, does it, and records what became of it. What is thrown is recorded and rises. */
  async function audited<T>(
    kind: Act,
    doing: Doing,
    asked: Asked,
    work: () => Promise<T>,
    outcomeOf: (value: T) => Outcome,
  ): Promise<T> {
    await record(kind, 'Requested', doing, asked)
    const value = await work().catch(async (thrown: unknown) => {
      await found(kind, doing, { ...asked, verdict: verdictOf(thrown), status: codeOf(thrown) })
      throw thrown
    })
    await found(kind, doing, { ...asked, ...outcomeOf(value) })
    return value
  }

  return Object.assign(audited, { found })
}
export type Trail = ReturnType<typeof createTrail>

/** These three and nothing else of what is known of somebody. */
const personIn = ({ objectId, name, username }: Person): Person => ({
  objectId,
  ...(name !== undefined && { name }),
  ...(username !== undefined && { username }),
})

const codeOf = (thrown: unknown) =>
  thrown instanceof Error && 'code' in thrown
    ? String(thrown.code).slice(0, 100)
    : thrown instanceof Error
      ? thrown.name
      : 'unknown'
