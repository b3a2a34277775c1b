import type { Identity } from '../../entra/claims.ts'
import { handleOf } from '../record/record.ts'
import type { SessionsById } from '../stored/by-id.ts'
import type { Listed } from '../stored/registry.ts'
import type { Removal } from '../stored/removal.ts'

/** A person who begins one session after the other is not followed for ever. */
const mostRounds = 10
/** So many sessions are ended at the same time. */
const atOnce = 100

/** The sessions that are to end. */
export type ToEnd = {
  /** The ids of all sessions that may be meant, as they are listed now. */
  listed: () => Promise<string[]>
  isMeant: (handle: string) => boolean
  /** Whose sessions these are, for those that cannot be read here. */
  identity?: Listed
  /** Is done before a session of this person ends. */
  beforehand?: ((whose: Identity) => Promise<void>) | undefined
  /** Whether those who signed in meanwhile keep their new session. */
  sparesNewcomers?: boolean
}

/**
 * Ends all listed sessions whose handle is meant, and returns how many there were. Looks again until there is nothing new:
 * a session that goes on under another id is listed under it before the old one ends. A session that cannot be read here is
 * named by its id.
 */
export function createEndAll({ byId, removal }: { byId: Pick<SessionsById, 'read'>; removal: Removal }) {
  return async ({ listed, isMeant, identity, beforehand, sparesNewcomers = false }: ToEnd): Promise<number> => {
    /** A session that was not listed at first, and follows none that was, looks for word of an end by itself. */
    const atFirst = new Set<string>()
    const seen = new Set<string>()
    let count = 0

    /** Returns whether something happened to the session. */
    async function end(id: string, isFirstRound: boolean): Promise<boolean> {
      const record = await byId.read(id)
      const handle = handleOf(id, record)
      if (isFirstRound) atFirst.add(handle)
      const isNewcomer = record !== undefined && !atFirst.has(handle)
      if (!isMeant(handle) || (sparesNewcomers && isNewcomer)) return false
      if (record) await beforehand?.(record.identity)
      // Its own identity: each was opened by another session of Entra. A session that is gone by now went on elsewhere.
      const wasThere = await removal.destroy(id, record?.identity ?? identity)
      if (wasThere) count++
      return wasThere || record !== undefined
    }

    for (let round = 0; round < mostRounds; round++) {
      const ids = await listed()
      let isNews = ids.some(id => !seen.has(id))
      for (let begin = 0; begin < ids.length; begin += atOnce) {
        const some = ids.slice(begin, begin + atOnce)
        for (const id of some) seen.add(id)
        const happened = await Promise.all(some.map(id => end(id, round === 0)))
        isNews = happened.includes(true) || isNews
      }
      if (!isNews) return count
    }
    return count
  }
}
