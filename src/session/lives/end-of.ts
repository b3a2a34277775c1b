import type { Identity } from '../../entra/claims.ts'
import type { SessionsById } from '../stored/by-id.ts'
import type { Census } from '../stored/census.ts'
import type { Listed, Registry } from '../stored/registry.ts'
import type { Removal } from '../stored/removal.ts'
import { createEndAll, type ToEnd } from './end-all.ts'
import type { Ends } from './ends.ts'
import type { WentOn } from './went-on.ts'

type Needs = {
  byId: Pick<SessionsById, 'read'>
  removal: Removal
  registry: Registry
  census: Pick<Census, 'all'>
  ends: Ends
}
type Beforehand = ToEnd['beforehand']

/**
 * Ends sessions of a person, of one lineage, of a browser, of a session of Entra, or of everyone. Sessions that go on under
 * another id at this moment, or are being born, end as well. Where it is said, returns how many sessions ended.
 * `beforehand` is done before each session ends. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createEndOf(needs: Needs) {
  const { registry, census, ends } = needs
  const endAll = createEndAll(needs)
  const ofPerson = (identity: Listed) => () => registry.ofPerson(identity)

  /** One session of a person, whatever its id is by now. Returns how many ended. */
  async function lineage(identity: Listed, lineage: string, beforehand?: Beforehand): Promise<number> {
    await ends.remember({ lineage })
    return endAll({ listed: ofPerson(identity), isMeant: handle => handle === lineage, identity, beforehand })
  }

  return {
    /** All sessions of a person, except those of the lineage `but` where it is given. Returns how many ended. */
    async person(identity: Listed, but?: string, beforehand?: Beforehand): Promise<number> {
      await ends.remember({ person: identity, but })
      return endAll({ listed: ofPerson(identity), isMeant: handle => handle !== but, identity, beforehand })
    },

    lineage,

    /** All sessions of the installation, except those of the lineage `but` where it is given. Returns how many ended. */
    async everyone(but?: string, beforehand?: Beforehand): Promise<number> {
      await ends.remember({ everyone: true, but })
      return endAll({ listed: census.all, isMeant: handle => handle !== but, beforehand, sparesNewcomers: true })
    },

    /** The session of a browser that signs out, and a session that the same session of Entra is giving birth to. */
    async browser({ identity, lineage: handle }: WentOn): Promise<void> {
      if (identity.sid) await ends.remember({ entraSession: identity.sid, isOverThere: false, isKnown: true })
      await lineage(identity, handle)
    },

    /**
     * All sessions that one session of Entra opened, which is over at Entra. Returns whose they were; it is no fault when
     * there are none.
     */
    async entraSession(sid: string): Promise<Identity | undefined> {
      const listed = () => registry.ofEntraSession(sid)
      const isKnown = (await listed()).length > 0
      await ends.remember({ entraSession: sid, isOverThere: true, isKnown })
      let whose: Identity | undefined
      const beforehand = async (identity: Identity) => {
        whose ??= identity
      }
      await endAll({ listed, isMeant: () => true, beforehand })
      return whose
    },
  }
}
export type EndOf = ReturnType<typeof createEndOf>
