import type { SessionsById } from './by-id.ts'
import type { Ends } from './ends.ts'
import { handleOf, type SessionRecord } from './record.ts'
import type { Registry } from './registry.ts'
import type { WentOn } from './went-on.ts'

/** A person, and the session of Entra that theirs is of where that matters. */
type Who = Parameters<Registry['remove']>[0]

/** Somebody who begins one session after the other is not followed for ever. */
const mostRounds = 10

/**
 * Ends sessions by whose they are, those too that go on under another id, or are being born, at this moment. Every
 * method throws Problem('redis-away') when Redis does not confirm.
 */
export function createEndOf({ byId, registry, ends }: { byId: SessionsById; registry: Registry; ends: Ends }) {
  const { read, destroyed, listedSince } = byId

  /**
   * Looks again until there is nothing new: who goes on under another id is listed under it before the old one ends. One
   * that cannot be read here is meant by its id.
   */
  async function all(
    listed: () => Promise<string[]>,
    isMeant: (handle: string) => boolean,
    identity?: Who,
  ): Promise<void> {
    const seen = new Set<string>()
    for (let round = 0; round < mostRounds; round++) {
      const ids = await listed()
      let isNews = ids.some(id => !seen.has(id))
      for (const id of ids) isNews = (await ended(id)) || isNews
      if (!isNews) return
    }

    /** Whether something happened to it. */
    async function ended(id: string): Promise<boolean> {
      seen.add(id)
      const record: SessionRecord | undefined = await read(id)
      if (!isMeant(handleOf(id, record))) return false
      // Its own identity: each was opened by another session of Entra. One that is gone by now went on elsewhere.
      return (await destroyed(id, record?.identity ?? identity)) || record !== undefined
    }
  }

  const ofPerson = (identity: Who) => () => registry.ofPerson(identity, listedSince())

  /** One session of a person, whatever its id is by now. */
  async function ofLineage(identity: Who, lineage: string): Promise<void> {
    await ends.remember({ lineage })
    await all(ofPerson(identity), handle => handle === lineage, identity)
  }

  return {
    /** All of a person, but those of one lineage where it is named. */
    async person(identity: Who, but?: string): Promise<void> {
      await ends.remember({ person: identity, but })
      await all(ofPerson(identity), handle => handle !== but, identity)
    },

    lineage: ofLineage,

    /** One of a browser that signs out, and what is being born there of the same session of Entra. */
    async browser({ identity, lineage }: WentOn): Promise<void> {
      if (identity.sid) await ends.remember({ entraSession: identity.sid, isOverThere: false, isKnown: true })
      await ofLineage(identity, lineage)
    },

    /** All that one session of Entra opened, which is over there; none is no fault. */
    async entraSession(sid: string): Promise<void> {
      const listed = () => registry.ofEntraSession(sid, listedSince())
      const isKnown = (await listed()).length > 0
      await ends.remember({ entraSession: sid, isOverThere: true, isKnown })
      await all(listed, () => true)
    },
  }
}
