import type { Clock } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import type { Identity } from '../../entra/claims.ts'
import { ask } from '../redis/asking.ts'
import type { SealedClient } from '../sealing/sealed-client.ts'
import type { Vault } from '../vault.ts'
import type { Census } from './census.ts'
import { isOver, type SessionRecord } from './record.ts'
import type { Registry } from './registry.ts'

/** Where a session is listed. */
type Who = Parameters<Registry['remove']>[0]

/** Redis keeps what is over for so much longer: that a session was seen is written with such a delay. */
const leewayMs = 60_000
const clocksDifferMs = 30_000
const mostUnwritten = 10_000
/** A session is ended again so long after it was ended: a fail-over to a replica that missed the write brings it back. */
const repeatsMs = [2_000, 10_000, 60_000]

/**
 * Sessions by their ids, whoever holds them: read, changed by compare-and-set, ended. Every method throws
 * Problem('redis-away') when Redis does not confirm.
 */
export function createSessionsById({
  config,
  clock,
  client,
  registry,
  vault,
  census,
}: {
  config: Pick<Config, 'session' | 'redis'>
  clock: Clock
  client: SealedClient
  registry: Registry
  vault: Vault
  census: Census | undefined
}) {
  const { idleMs, maxMs } = config.session
  const prefix = `${config.redis.prefix}session:`
  const now = () => clock().getTime()
  /** All of them: whether one is over says its own record. A clock that is far ahead would overlook those of the others. */
  const listedSince = () => 0
  /** When sessions were seen here, where that could not be written down: a Redis that takes no writes makes nobody idle. */
  const unwritten = new Map<string, number>()

  function seen(sessionId: string, at: number): void {
    if (unwritten.size >= mostUnwritten) unwritten.clear()
    unwritten.set(sessionId, at)
  }

  function isPast(sessionId: string, record: SessionRecord): boolean {
    const lastSeenAt = Math.max(record.lastSeenAt, unwritten.get(sessionId) ?? 0)
    return isOver({ ...record, lastSeenAt }, { idleMs, maxMs }, now())
  }

  /** Redis only cleans up; the lifetimes that count are checked from the record. In seconds. */
  const ttlOf = (record?: SessionRecord) =>
    Math.max(1, Math.ceil(Math.min(idleMs + leewayMs, record ? record.signedInAt + maxMs - now() : maxMs) / 1000))

  /** Its tokens outlive the session, or it would end for want of them. */
  const tokenLifeMs = (record?: SessionRecord) => ttlOf(record) * 1000 + clocksDifferMs

  /** For one that was just seen. The first minute is covered by the leeway. */
  async function prolongTokens(sessionId: string, record: SessionRecord): Promise<void> {
    if (now() - record.signedInAt > leewayMs)
      await vault.prolong(sessionId, { lifeMs: tokenLifeMs(record), now: now() })
  }

  /** Undefined when it is over. */
  async function read(sessionId: string): Promise<SessionRecord | undefined> {
    const text = await ask(client.get(prefix + sessionId))
    const record: SessionRecord | undefined = text === null ? undefined : JSON.parse(text).record
    return record && !isPast(sessionId, record) ? record : undefined
  }

  /** Changes a session that still exists; undefined when it does not (any more). Requests cannot overwrite each other. */
  async function change(sessionId: string, edit: (record: SessionRecord) => SessionRecord) {
    let after: SessionRecord | undefined
    const text = await ask(
      client.change(
        prefix + sessionId,
        before => {
          const session = JSON.parse(before) as { record: SessionRecord }
          after = edit(session.record)
          return JSON.stringify(after) === JSON.stringify(session.record)
            ? undefined
            : JSON.stringify({ ...session, record: after })
        },
        () => ttlOf(after),
      ),
    )
    return text === null ? undefined : after
  }

  /** Whether there was one: of several who end the same session, one is told so. The session first: it is what lets people in. */
  async function destroyed(sessionId: string, identity: Who | undefined): Promise<boolean> {
    const count = await ask(client.del([prefix + sessionId]))
    // Of one that is still being born, what belongs to it stays: whoever brings it forth learns of the end.
    if (count === 0) return false
    const again = () => discard(sessionId, identity).catch(() => {})
    for (const ms of repeatsMs) setTimeout(again, ms).unref()
    // It has ended, whatever becomes of this: then it is done again soon.
    await forgotten(sessionId, identity).catch(() => {})
    return true
  }

  const destroy = async (sessionId: string, identity: Who | undefined): Promise<void> =>
    void (await destroyed(sessionId, identity))

  /** All that there may be of a session. */
  async function discard(sessionId: string, identity: Who | undefined): Promise<void> {
    await ask(client.del([prefix + sessionId]))
    await forgotten(sessionId, identity)
  }

  async function forgotten(sessionId: string, identity: Who | undefined): Promise<void> {
    census?.gone(sessionId)
    await Promise.all([vault.forget(sessionId), identity && registry.remove(identity, sessionId)])
  }

  /** Changes what all open sessions of a person remember. */
  async function changeAll(identity: Identity, edit: (record: SessionRecord) => SessionRecord): Promise<void> {
    const changed = new Set<string>()
    const round = async () => {
      for (const id of await registry.ofPerson(identity, listedSince()))
        if (!changed.has(id) && (await change(id, edit))) changed.add(id)
    }
    await round()
    // One that goes on under another id at this moment was not there under either.
    await round()
  }

  return {
    prefix,
    ttlOf,
    tokenLifeMs,
    prolongTokens,
    isPast,
    seen,
    listedSince,
    /** When it is over if it is not seen again. */
    overAt: ({ signedInAt, lastSeenAt }: SessionRecord) => Math.min(lastSeenAt + idleMs, signedInAt + maxMs),
    read,
    change,
    changeAll,
    destroyed,
    destroy,
    discard,
  }
}
export type SessionsById = ReturnType<typeof createSessionsById>
