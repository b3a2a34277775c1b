import type { Request } from 'express'
import { handleOf, type SessionRecord } from '../record/record.ts'
import type { SessionsById } from '../stored/by-id.ts'
import type { Registry } from '../stored/registry.ts'
import type { EndOf } from './end-of.ts'
import type { Records } from './request-session.ts'

/** One of a person's sessions. The handle names it in a form without giving its id away. */
export type OwnSession = { handle: string; isThisOne: boolean; record: SessionRecord }

/** A person's own sessions, in all their browsers. Every method throws Problem('redis-away') when Redis does not confirm. */
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
  return {
    /** The open sessions of the person who asks, newest first. */
    async ownSessions(request: Request): Promise<OwnSession[]> {
      const own = records.get(request)
      if (!own) return []
      const thisOne = handleOf(request.sessionID, own)
      const ids = await registry.ofPerson(own.identity)
      const found = await Promise.all(ids.map(async id => ({ id, record: await byId.read(id) })))
      return found
        .flatMap(({ id, record }) => {
          const handle = handleOf(id, record)
          return record ? [{ handle, isThisOne: handle === thisOne, record }] : []
        })
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
