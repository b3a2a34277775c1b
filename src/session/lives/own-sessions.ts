import type { Request } from 'express'
import { handleOf, type SessionRecord } from '../record/record.ts'
import type { SessionsById } from '../stored/by-id.ts'
import type { Listed, Registry } from '../stored/registry.ts'
import type { EndOf } from './end-of.ts'
import type { Records } from './request-session.ts'

/** One of a person's sessions. The handle names it in a form without giving its id away. */
export type OwnSession = { handle: string; isThisOne: boolean; record: SessionRecord }

/**
 * A person's sessions, in all their browsers: for themselves, and to be counted by those who see who has access. Every method throws
 * Problem('redis-away') when Redis does not confirm.
 */
export function createOwnSessions({
  records,
  registry,
  byId,
  endOf,
}: {
  records: Records
  registry: Registry
  byId: Pick<SessionsById, 'read'>
  endOf: EndOf
}) {
  async function openOf(person: Listed): Promise<{ id: string; handle: string; record: SessionRecord }[]> {
    const ids = await registry.ofPerson(person)
    const found = await Promise.all(ids.map(async id => ({ id, record: await byId.read(id) })))
    return found.flatMap(({ id, record }) => (record ? [{ id, handle: handleOf(id, record), record }] : []))
  }

  return {
    /** The open sessions of a person. While a session goes on under another id, it counts once. */
    async openSessions(person: Listed): Promise<SessionRecord[]> {
      const byHandle = new Map((await openOf(person)).map(({ handle, record }) => [handle, record]))
      return [...byHandle.values()]
    },

    /** The open sessions of the person who asks, newest first. */
    async ownSessions(request: Request): Promise<OwnSession[]> {
      const own = records.get(request)
      if (!own) return []
      const thisOne = handleOf(request.sessionID, own)
      const found = await openOf(own.identity)
      return found
        .map(({ handle, record }) => ({ handle, isThisOne: handle === thisOne, record }))
        .sort((one, other) => other.record.signedInAt - one.record.signedInAt)
    },

    /**
     * Ends sessions of the person who asks: `all`, all `others`, or the session of this handle. The handle of another
     * person's session ends nothing.
     */
    async endOwn(request: Request, which: string): Promise<void> {
      const own = records.get(request)
      if (!own) return
      if (which === 'all') await endOf.person(own.identity)
      else if (which === 'others') await endOf.person(own.identity, handleOf(request.sessionID, own))
      else await endOf.lineage(own.identity, which)
    },
  }
}
