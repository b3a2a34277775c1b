import type { AccessNow } from '../../gate/asking/access-now.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { Audience } from '../../gate/decide.ts'
import type { Standing } from '../../gate/standing.ts'
import { within } from '../../pim/reading/patience.ts'
import type { Services } from '../../services.ts'

type Needs = Pick<Services, 'config' | 'accessNow' | 'known' | 'sessions' | 'standingOf' | 'log'>

/**
 * How access stands once a request has done what it does, found out once for it: a page and the line above it cannot
 * differ. Where it was proven too long ago, it is asked for as a page for members would, while this page still waits.
 */
export function createShownAccess(
  { config, accessNow, known, sessions, standingOf, log }: Needs,
  { who, standing, audience }: { who: Who; standing: Standing; audience: Audience },
): () => Promise<AccessNow> {
  let found: Promise<AccessNow> | undefined

  async function look(): Promise<AccessNow> {
    // The gate has asked a moment ago, and pages for members change nothing of it.
    if (audience === 'members') return accessNow(standing)
    const record = (await sessions.read(who.sessionId)) ?? standing.record
    const access = accessNow({ record, membership: known(record) })
    // A "no" is asked about by the pages for members, and a roster is asked for by itself. What was proven long ago by the
    // person's own token alone must not be called on.
    if (access.state === 'off' || (access.state === 'on' && config.membership.roster)) return access
    const asked = standingOf(who.sessionId, record).catch(error => {
      log.info({ event: 'access-unknown', oid: who.identity.objectId, error })
      return undefined
    })
    const standingNow = await within(who, asked, () => undefined)
    return standingNow ? accessNow(standingNow) : access
  }

  return () => {
    found ??= look()
    return found
  }
}
