import type { AccessNow } from '../../gate/asking/access-now.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { Audience } from '../../gate/decide.ts'
import type { Standing } from '../../gate/standing.ts'
import { whilePageWaits } from '../../pim/reading/patience.ts'
import type { Services } from '../../services.ts'

type Needs = Pick<Services, 'config' | 'accessNow' | 'known' | 'sessions' | 'standingOf' | 'log'>

/**
 * Finds out how access stands after a request has acted. It looks once for each request, so that a page and the line above
 * it cannot differ. When the last proof is too old, it asks Microsoft as a members' page would, for as long as a page waits.
 */
export function createShownAccess(
  { config, accessNow, known, sessions, standingOf, log }: Needs,
  { who, standing, audience }: { who: Who; standing: Standing; audience: Audience },
): () => Promise<AccessNow> {
  let found: Promise<AccessNow> | undefined

  async function look(): Promise<AccessNow> {
    // The gate has just asked, and a members' page does not change access.
    if (audience === 'members') return accessNow(standing)
    const record = (await sessions.read(who.sessionId)) ?? standing.record
    const access = accessNow({ record, membership: known(record) })
    // Members' pages ask about a "no", and the roster is polled by itself. Only an old proof by the person's own token is
    // left: the page must not call access on because of it.
    if (access.state === 'off' || (access.state === 'on' && config.membership.roster)) return access
    const asked = standingOf(who.sessionId, record).catch(error => {
      log.info({ event: 'access-unknown', oid: who.identity.objectId, error })
      return undefined
    })
    const standingNow = await whilePageWaits(who, asked, () => undefined)
    return standingNow ? accessNow(standingNow) : access
  }

  return () => {
    found ??= look()
    return found
  }
}
