/**
 * A person as they were called at the time of the act: people are renamed, records are not. The object id says who they
 * are. Auditors search by the user name (userPrincipalName).
 */
export type AuditedPerson = { objectId: string; name?: string | undefined; username?: string | undefined }
export type Actor = AuditedPerson & { name: string; username: string }

/** The result of an act. Pages and the trail say the same, because both are made from this value. */
export type Verdict = 'done' | 'waiting' | 'denied' | 'failed' | 'unanswered'
/** `status`: PIM's word for the result, or the code of the error. `by`: who decided, where somebody else did. */
export type Outcome = {
  verdict: Verdict
  request?: string | undefined
  status?: string | undefined
  by?: AuditedPerson | undefined
  /** How many sessions ended. */
  sessions?: number | undefined
}

type AskedWish = { reason?: string | undefined; ticket?: string | undefined; minutes?: number | undefined }
/** The facts that an act asks for. `subject`: whose access the act is about, where that is not the actor. */
export type Asked = AskedWish &
  AskedEnd & {
    request?: string | undefined
    subject?: AuditedPerson | undefined
    /** The kind of access that an administrator gives, changes or takes away. */
    kind?: 'eligible' | 'active' | undefined
    /** When the access ends that an administrator gives: ISO 8601. */
    until?: string | undefined
  }
/** The sessions that are to end: how many, and whose. `but`: all but the one in which the actor acts. */
type AskedEnd = {
  sessions?: number | undefined
  whose?: 'one' | 'person' | 'all' | undefined
  but?: 'own' | undefined
}

type OwnAct = 'activation' | 'extension' | 'ending' | 'cancellation'
type ActOfApprover = 'approval' | 'denial'
type ActOfAdministrator = 'assignment' | 'assignmentChange' | 'removal' | 'review' | 'sessionsEnding'
export type AuditedAct = OwnAct | ActOfApprover | ActOfAdministrator
/**
 * An act that is 'Unanswered' may have happened. A result that is found out later is one more record of the same act.
 */
type Step = 'Requested' | 'Completed' | 'Waiting' | 'Failed' | 'Unanswered'
const stepOf = {
  done: 'Completed',
  waiting: 'Waiting',
  denied: 'Failed',
  failed: 'Failed',
  unanswered: 'Unanswered',
} as const satisfies Record<Verdict, Step>

/** How much each step says about an act. A replica writes only what says more than the records before. */
const rankOf: Record<Step, number> = { Requested: 0, Unanswered: 1, Waiting: 2, Failed: 3, Completed: 3 }

/**
 * One record of the trail, as its writer gives it. The ledger adds `v`, `seq` and `at`. Names, addresses and what
 * people typed are kept beside the record, where they can be erased: src/session/ledger/personal.ts.
 */
export type AuditRecord = {
  event: string
  /** The name of the gate that the record is about. */
  gate?: string | undefined
  /** Ties the request of an act to its result. */
  act?: string | undefined
  actor?: AuditedPerson | undefined
  /** Whose access the record is about, where that is not the actor. */
  subject?: AuditedPerson | undefined
  /** The name of the `subject`, without the ids. */
  person?: string | undefined
  /** Who decided, where somebody else did. */
  by?: AuditedPerson | undefined
  /** Microsoft's request id, where there is one. */
  request?: string | undefined
  reason?: string | undefined
  [fact: string]: unknown
}

/**
 * A record as it was kept: `seq` counts from 0, `at` is ISO 8601 with milliseconds, by the clock of Redis. `personal` is the
 * base64 of SHA-256(salt ‖ personal bytes), where there are personal bytes.
 */
export type AuditRecordRead = AuditRecord & { v: number; seq: number; at: string; personal?: string | undefined }

/** Keeps a record for good. Throws when it cannot: an act that cannot be recorded is not done. */
export type Append = (record: AuditRecord) => Promise<void>

/**
 * Calls `write` if this step of the act is news: no replica has written as much about the act before. `rank` says how much
 * the step says: 0 for a request, which is always written, and more for each later step.
 */
export type Once = (act: string, rank: number, write: () => Promise<void>) => Promise<void>

/** Who does the act, and the id that all records of the act share. */
export type Doing = { act: string; actor: Actor }

/**
 * The audit trail of one gate: every act that changes access there is recorded before it is tried, and after.
 *
 * `trail(kind, doing, asked, work, outcomeOf)` records the request, does the work and records its outcome. It returns
 * what the work returns. It throws what `append` throws, without doing the work, when the request cannot be recorded. An
 * error of the work is recorded and rises.
 * `trail.found(kind, doing, outcome)` records a result that was found out later. It never throws.
 */
export function createTrail({
  gate,
  append,
  once = (_act, _rank, write) => write(),
  verdictOfThrown,
  onKept = () => {},
  onLost,
}: {
  /** The name of the gate that the acts are about. */
  gate: string
  append: Append
  once?: Once
  /** What an error of the work says about the act. */
  verdictOfThrown: (thrown: unknown) => Verdict
  /** Hears of each step of an act that was recorded. */
  onKept?: (kept: { gate: string; act: AuditedAct; step: Lowercase<Step> }) => void
  /**
   * Hears of an outcome that could not be recorded. The act has happened all the same, and its person must be told so.
   */
  onLost: (error: unknown) => void
}) {
  function record(kind: AuditedAct, step: Step, { act, actor }: Doing, facts: Asked & Omit<Outcome, 'verdict'>) {
    const { subject, by, ...plain } = facts
    const told: AuditRecord = {
      ...plain,
      ...(subject && { subject: withoutMore(subject), person: subject.name }),
      ...(by && { by: withoutMore(by) }),
      event: `${kind}${step}`,
      gate,
      act,
      actor: { objectId: actor.objectId, name: actor.name, username: actor.username },
    }
    return once(act, rankOf[step], async () => {
      await append(told)
      onKept({ gate, act: kind, step: step.toLowerCase() as Lowercase<Step> })
    })
  }

  const found = (kind: AuditedAct, doing: Doing, { verdict, ...facts }: Asked & Outcome): Promise<void> =>
    record(kind, stepOf[verdict], doing, facts).catch(onLost)

  async function audited<T>(
    kind: AuditedAct,
    doing: Doing,
    asked: Asked,
    work: () => Promise<T>,
    outcomeOf: (value: T) => Outcome,
  ): Promise<T> {
    await record(kind, 'Requested', doing, asked)
    const value = await work().catch(async (thrown: unknown) => {
      await found(kind, doing, { ...asked, verdict: verdictOfThrown(thrown), status: recordedCodeOf(thrown) })
      throw thrown
    })
    await found(kind, doing, { ...asked, ...outcomeOf(value) })
    return value
  }

  return Object.assign(audited, { found })
}
export type Trail = ReturnType<typeof createTrail>

/** The three fields that a record may tell of a person, and nothing else that the caller knows. */
const withoutMore = ({ objectId, name, username }: AuditedPerson): AuditedPerson => ({
  objectId,
  ...(name !== undefined && { name }),
  ...(username !== undefined && { username }),
})

/** The code of an error, or its name where it has none. Never its message, which may hold anything. */
function recordedCodeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown'
  return 'code' in thrown ? String(thrown.code).slice(0, 100) : thrown.name
}
