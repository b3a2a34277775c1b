import type { observations } from '../labels.ts'
import type { Append, AuditedPerson, AuditRecord } from './trail.ts'

/** Everything that is recorded because it was seen, not because somebody asked for it here. */
export type ObservedEvent = (typeof observations)[number]

/** Somebody at one gate. */
type AtGate = { gate: string; actor: AuditedPerson }

/**
 * Somebody is in the group of a gate. Instants are ISO 8601. `since`: when this period began, where Microsoft says so, or
 * when it was first seen. The same `since` again: the period has another end by now, or the record was written twice.
 */
export type SeenIn = {
  gate: string
  subject: AuditedPerson
  since: string
  until?: string | undefined
  source: 'turned-on' | 'assigned' | 'outside-pim' | 'token'
  /** Found by the first look at this gate: it may have begun long before the trail did. */
  first?: true | undefined
  /** It goes on from a period that was seen before, without a gap. */
  continues?: true | undefined
  request?: string | undefined
  reason?: string | undefined
  ticket?: string | undefined
  by?: AuditedPerson | undefined
}
/** Somebody is not in the group any more. `until`: when the period ended, or when that was first seen. */
export type SeenOut = {
  gate: string
  subject: AuditedPerson
  since?: string | undefined
  until?: string | undefined
  how: 'ran-out' | 'ended' | 'removed' | 'unknown'
  /** Left out where the list of the group says so. */
  source?: 'token'
  request?: string | undefined
  reason?: string | undefined
  by?: AuditedPerson | undefined
}
/** A form that a member sent to a page. `page` is the pattern of its path, never the path. 'aborted': the browser gave up. */
export type Wrote = AtGate & { page: string; method: string; status: number | 'aborted' }
/** `act`: where a policy refused the act. `rule`: the rules of it that were not met. */
export type Refused = AtGate & { code: string; act?: string | undefined; rule?: string | undefined }

type Facts = { gate?: string; actor?: AuditedPerson; subject?: AuditedPerson }
type Come = { actor: AuditedPerson; address?: string | undefined }

/**
 * Records what is seen, one record a fact. Only `seenIn` and `seenOut` can be waited for, and throw what `append` throws:
 * who sees the group sees it again. Any other fact is written beside the request that it is about, which never waits for
 * it. Where it cannot be written it is lost, and `onLost` hears of it: it is not tried again, because the ledger would
 * date it by then.
 */
export function createObservations({
  append,
  onKept = () => {},
  onLost,
}: {
  append: Append
  onKept?: (event: ObservedEvent) => void
  onLost: (lost: { kind: ObservedEvent; record: AuditRecord; error: unknown }) => void
}) {
  const writing = new Set<Promise<void>>()

  async function keep(event: ObservedEvent, facts: Facts): Promise<void> {
    await append({ event, ...facts })
    onKept(event)
  }

  function note(event: ObservedEvent, facts: Facts): void {
    const { actor } = facts
    const record = { ...facts, ...(actor && { actor: namesOf(actor) }) }
    const work = keep(event, record)
      .catch(error => onLost({ kind: event, record: { event, ...record }, error }))
      .finally(() => writing.delete(work))
    writing.add(work)
  }

  return {
    seenIn: (facts: SeenIn): Promise<void> => keep('seenIn', facts),
    seenOut: (facts: SeenOut): Promise<void> => keep('seenOut', facts),
    /** The same two, of a person whose own token says so. */
    cameIn: (facts: SeenIn): void => note('seenIn', facts),
    wentOut: (facts: SeenOut): void => note('seenOut', facts),
    /** The person is in by an act of theirs, so many seconds after Microsoft accepted it. */
    effective: (facts: AtGate & { act: string; seconds: number }): void => note('effective', facts),
    /** The first page of the gate that the person opened in a period that began at `since`. */
    usedFirst: (facts: AtGate & { since: string }): void => note('usedFirst', facts),
    /** Nobody decided about the request of this act in time. */
    lapsed: (facts: AtGate & { act: string; request?: string | undefined }): void => note('lapsed', facts),
    wrote: (facts: Wrote): void => note('wrote', facts),
    /** `contexts`: the authentication contexts that Entra proved. */
    signedIn: (facts: Come & { contexts?: readonly string[] | undefined }): void => note('signedIn', facts),
    /** `context` is left out where what Microsoft asked for an act has no name here. */
    steppedUp: (facts: Come & { context?: string | undefined }): void => note('steppedUp', facts),
    /** The person signed out here. */
    signedOut: (facts: Come): void => note('signedOut', facts),
    /** Entra ended a session: its answer about the person did (`code`), or they signed out elsewhere. */
    sessionEnded: (facts: { actor: AuditedPerson; code: string }): void => note('sessionEnded', facts),
    refused: (facts: Refused): void => note('refused', facts),

    /** Resolves when everything that was noted so far is written or lost. */
    async settled(): Promise<void> {
      while (writing.size > 0) await Promise.all(writing)
    },
  }
}
export type Observations = ReturnType<typeof createObservations>

/** The fields of a person that a record may tell, whatever else the caller knows. */
const namesOf = ({ objectId, name, username }: AuditedPerson): AuditedPerson => ({ objectId, name, username })
