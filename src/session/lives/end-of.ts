import { handleOf } from '../record/record.ts'
import type { SessionsById } from '../stored/by-id.ts'
import type { Listed, Registry } from '../stored/registry.ts'
import type { Removal } from '../stored/removal.ts'
import type { Ends } from './ends.ts'
import type { WentOn } from './went-on.ts'

/** A person who begins one session after the other is not followed for ever. */
const mostRounds = 10

type Needs = { byId: Pick<SessionsById, 'read'>; removal: Removal; registry: Registry; ends: Ends }

/**
 * Ends sessions of a person, of one lineage, of a browser or of a session of Entra. Sessions that go on under another id
 * at this moment, or are being born, end as well. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createEndOf(needs: Needs) {
  const { registry, ends } = needs
  const endAll = createEndAll(needs)
  const ofPerson = (identity: Listed) => () => registry.ofPerson(identity)

  /** One session of a person, whatever its id is by now. */
  async function lineage(identity: Listed, lineage: string): Promise<void> {
    await ends.remember({ lineage })
    await endAll(ofPerson(identity), handle => handle === lineage, identity)
  }

  return {
    /** All sessions of a person, except those of the lineage `but` where it is given. */
    async person(identity: Listed, but?: string): Promise<void> {
      await ends.remember({ person: identity, but })
      await endAll(ofPerson(identity), handle => handle !== but, identity)
    },

    lineage,

    /** The session of a browser that signs out, and a session that the same session of Entra is giving birth to. */
    async browser({ identity, lineage: handle }: WentOn): Promise<void> {
      if (identity.sid) await ends.remember({ entraSession: identity.sid, isOverThere: false, isKnown: true })
      await lineage(identity, handle)
    },

    /** All sessions that one session of Entra opened, which is over at Entra. It is no fault when there are none. */
    async entraSession(sid: string): Promise<void> {
      const listed = () => registry.ofEntraSession(sid)
      const isKnown = (await listed()).length > 0
      await ends.remember({ entraSession: sid, isOverThere: true, isKnown })
      await endAll(listed, () => true)
    },
  }
}
export type EndOf = ReturnType<typeof createEndOf>

/**
 * Ends all listed sessions whose handle is meant. Looks again until there is nothing new: a session that goes on under
 * another id is listed under it before the old one ends. A session that cannot be read here is named by its id.
 */
function createEndAll({ byId, removal }: Needs) {
  return async (
    listed: () => Promise<string[]>,
    isMeant: (handle: string) => boolean,
    identity?: Listed,
  ): Promise<void> => {
    /** Returns whether something happened to the session. */
    async function ended(id: string): Promise<boolean> {
      const record = await byId.read(id)
      if (!isMeant(handleOf(id, record))) return false
      // Its own identity: each was opened by another session of Entra. A session that is gone by now went on elsewhere.
      return (await removal.destroy(id, record?.identity ?? identity)) || record !== undefined
    }

    const seen = new Set<string>()
    for (let round = 0; round < mostRounds; round++) {
      const ids = await listed()
      let isNews = ids.some(id => !seen.has(id))
      for (const id of ids) {
        seen.add(id)
        isNews = (await ended(id)) || isNews
      }
      if (!isNews) return
    }
  }
}
