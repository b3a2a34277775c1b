import type { Request } from 'express'
import type { Clock } from '../../clock.ts'
import { isSamePerson } from '../../entra/claims.ts'
import type { Tokens } from '../../entra/oidc/signed-in.ts'
import { Problem } from '../../errors.ts'
import { continuing, type Proven, withNews } from '../record/continuing.ts'
import { handleOf, type SessionRecord } from '../record/record.ts'
import type { SessionsById } from '../stored/by-id.ts'
import type { Removal } from '../stored/removal.ts'
import type { Vault } from '../vault.ts'
import { type Birth, isEnd } from './birth.ts'
import type { Ends } from './ends.ts'
import type { Records } from './request-session.ts'
import type { WentOnes } from './went-on.ts'

/** When a sign-in began (epoch ms), and since when, as `Ends.moment` counts, an end counts against it. */
export type SignInAt = { startedAt?: number | undefined; since?: number | undefined }

type Needs = {
  bear: Birth
  clock: Clock
  records: Records
  byId: Pick<SessionsById, 'read' | 'change'>
  removal: Removal
  vault: Vault
  ends: Ends
  wentOnes: WentOnes
}

/**
 * How one session follows another, or none. The new session is born first, and only then the old one ends: a request that
 * ends sessions at this moment finds one of the two. The new session is undone when the old one had been ended meanwhile.
 * Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createSuccession(needs: Needs) {
  const { bear, clock, records, byId, removal, vault, ends, wentOnes } = needs
  const now = () => clock().getTime()
  const replace = createReplacing(needs)

  /** The request's session as it is now; undefined when there is none (any more). */
  const presentOf = async (request: Request): Promise<SessionRecord | undefined> =>
    records.has(request) ? byId.read(request.sessionID) : undefined

  return {
    /**
     * Begins a new session after a sign-in, under a new id, and ends the session that was there. Only what the same person
     * met in that session survives. Throws Problem('signed-out-meanwhile') when the new session was ended before it was
     * there.
     */
    async begin(request: Request, proven: Proven, tokens: Tokens, { startedAt, since }: SignInAt = {}): Promise<void> {
      const { sessionID, session } = request
      const known = records.get(request)
      const moment = since ?? (await ends.moment())
      const before = known && (await byId.read(sessionID))
      const isContinued = known !== undefined && isSamePerson(known.identity, proven.identity)
      const lineage = isContinued ? handleOf(sessionID, known) : undefined
      const next = before ? continuing(before, proven, now()) : proven
      await bear(request, { proven: next, tokens, lineage, since: moment, startedAt }, async () => {
        if (lineage) await wentOnes.remember(sessionID, { identity: proven.identity, lineage })
        if (session.record) await removal.destroy(sessionID, session.record.identity)
      })
    },

    /**
     * Continues the session of the same person under a new id after a step-up. Throws Problem('step-up-too-late') when the
     * session ended meanwhile: it must not come back.
     */
    async renew(request: Request, proven: Proven, tokens: Tokens): Promise<void> {
      const { sessionID } = request
      const since = await ends.moment()
      const before = await presentOf(request)
      if (!before) throw new Problem('step-up-too-late')
      const next = continuing(before, proven, now())
      await bear(request, { proven: next, tokens, lineage: handleOf(sessionID, before), since }, async newId => {
        const latest = (await byId.read(sessionID)) ?? before
        await byId.change(newId, found => withNews(found, continuing(latest, proven, now())))
        await replace(sessionID, before)
      }).catch(thrown => {
        throw isEnd(thrown) ? new Problem('step-up-too-late', { cause: thrown }) : thrown
      })
    },

    /**
     * Puts the same session under a new id, with its tokens and its age: for a person whose rights grew. A session that
     * ends meanwhile stays ended.
     */
    async rotate(request: Request): Promise<void> {
      const { sessionID } = request
      const since = await ends.moment()
      const before = await presentOf(request)
      const tokens = await vault.read(sessionID)
      if (!before || typeof tokens !== 'object') return
      const { signedInAt, signedInFrom } = before
      const lineage = handleOf(sessionID, before)
      const born = { proven: before, tokens, signedInAt, signedInFrom, lineage, since }
      await bear(request, born, async newId => {
        // News that arrived meanwhile goes along, e.g. that the person ended their access. Newer tokens go along, too.
        const [latest, latestTokens] = [(await byId.read(sessionID)) ?? before, await vault.read(sessionID)]
        await byId.change(newId, found => withNews(found, latest))
        if (typeof latestTokens === 'object') await vault.replace(newId, tokens, latestTokens)
        await replace(sessionID, before)
      }).catch(thrown => {
        if (!isEnd(thrown)) throw thrown
        // Another request was first, and the browser has the cookie of its session. This request's session is gone.
        records.delete(request)
      })
    },
  }
}

/**
 * Ends the session that was there before the new one. Throws Problem('step-up-too-late') where another request was first:
 * the old session was ended, or went on elsewhere.
 */
const createReplacing =
  ({ removal, wentOnes }: Needs) =>
  async (sessionId: string, before: SessionRecord): Promise<void> => {
    const { identity } = before
    await wentOnes.remember(sessionId, { identity, lineage: handleOf(sessionId, before) })
    if (!(await removal.destroy(sessionId, identity))) throw new Problem('step-up-too-late')
  }
