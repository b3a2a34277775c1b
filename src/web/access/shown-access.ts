import type { AccessNow } from '../../gate/asking/access-now.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { OneGate } from '../../gate/one-gate.ts'
import type { Standing } from '../../gate/standing.ts'
import { whilePageWaits } from '../../pim/reading/patience.ts'
import type { Services } from '../../services.ts'

export type ShownAccessNeeds = { config: Pick<Services['config'], 'membership'>; log: Services['log'] }

/**
 * Finds out how access stands at a gate after a request has acted. It looks once for each request, so that a page and the
 * line above it cannot differ. When the last proof is too old, it asks Microsoft as a page of the gate would, for as long as
 * a page waits. `isForAll`: the page is for everyone who is signed in, so its guard has not asked.
 */
export function createShownAccess(
  { config, log }: ShownAccessNeeds,
  { who, gate, standing, isForAll }: { who: Who; gate: OneGate; standing: Standing; isForAll: boolean },
): () => Promise<AccessNow> {
  const { accessNow, known, sessions, standingOf } = gate
  let found: Promise<AccessNow> | undefined

  async function look(): Promise<AccessNow> {
    // The gate has just asked, and a page of its own does not change access.
    if (!isForAll) return accessNow(standing)
    const record = (await sessions.read(who.sessionId)) ?? standing.record
    const access = accessNow({ record, membership: known(record) })
    // Pages of the gate ask about a "no", and the roster is polled by itself. Only an old proof by the person's own token is
    // left: the page must not call access on because of it.
    if (access.state === 'off' || (access.state === 'on' && config.membership.roster)) return access
    const asked = standingOf(who.sessionId, record).catch(error => {
      log.info({ event: 'access-unknown', gate: gate.name, oid: who.identity.objectId, error })
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
