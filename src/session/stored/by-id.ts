import type { Lifetimes } from '../record/lifetimes.ts'
import type { SessionRecord } from '../record/record.ts'
import { ask } from '../redis/asking.ts'
import type { GateCensus } from './gate-census.ts'
import type { Listed, Registry } from './registry.ts'
import type { SealedClient } from './sealed-client.ts'

/**
 * Sessions by their ids, whichever browser holds them: read, and changed by compare-and-set. Every method throws
 * Problem('redis-away') when Redis does not confirm.
 */
export function createSessionsById({
  client,
  keyOf,
  registry,
  lifetimes,
  gateCensus,
}: {
  client: SealedClient
  keyOf: (sessionId: string) => string
  registry: Registry
  lifetimes: Lifetimes
  /** Where sessions are counted by gate, if anybody asks how many there are. */
  gateCensus?: Pick<GateCensus, 'changed'> | undefined
}) {
  /** The record of a session as it is now; undefined when the session is over. */
  async function read(sessionId: string): Promise<SessionRecord | undefined> {
    const text = await ask(client.get(keyOf(sessionId)))
    const record: SessionRecord | undefined = text === null ? undefined : JSON.parse(text).record
    return record && !lifetimes.isPast(sessionId, record) ? record : undefined
  }

  /**
   * Changes a session that still exists, if it is still as it was read: `edit` may run several times. Returns what the
   * session remembers afterwards; undefined when there is no such session (any more).
   */
  async function change(
    sessionId: string,
    edit: (record: SessionRecord) => SessionRecord,
  ): Promise<SessionRecord | undefined> {
    let after: SessionRecord | undefined
    let countAnew = (): void => {}
    const changed = (before: string): string | undefined => {
      const session = JSON.parse(before) as { record: SessionRecord }
      const edited = edit(session.record)
      after = edited
      countAnew = () => gateCensus?.changed(sessionId, session.record, edited)
      const isSame = JSON.stringify(after) === JSON.stringify(session.record)
      return isSame ? undefined : JSON.stringify({ ...session, record: after })
    }
    const text = await ask(client.change(keyOf(sessionId), changed, () => lifetimes.ttlSeconds(after)))
    if (text === null) return undefined
    countAnew()
    return after
  }

  /** Changes what all open sessions of a person remember. */
  async function changeAll(identity: Listed, edit: (record: SessionRecord) => SessionRecord): Promise<void> {
    const changed = new Set<string>()
    const round = async () => {
      for (const id of await registry.ofPerson(identity))
        if (!changed.has(id) && (await change(id, edit))) changed.add(id)
    }
    await round()
    // A session that went on under another id during the first round was not found under either.
    await round()
  }

  return { read, change, changeAll }
}
export type SessionsById = ReturnType<typeof createSessionsById>
