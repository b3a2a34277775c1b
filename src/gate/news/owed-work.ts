import { subscriptionLifeMs } from '../../entra/graph/subscriptions.ts'
import type { Kept, KeptEntry } from './kept-subscription.ts'
import type { Creation } from './subscribing.ts'

/** Far more often (ms) than its life takes: Graph does not say of a group's subscription that it is gone. */
const renewEveryMs = 3_600_000

/**
 * What has to be done for the subscription. Another one is made in place of none, of one that is gone, or of one whose
 * secret or address is not the newest. `entry` is what the work was decided on.
 */
export type Work = ({ renew: Kept } | Creation) & { entry: KeptEntry }

/**
 * The work that is owed for what is written down, if any. `now` is in epoch ms, `newest` the mark of the newest secret
 * and address. `isSettling` tells whether settings are being changed right now. Throws Problem('redis-away') as it
 * does.
 */
export async function workOwed(
  entry: KeptEntry,
  { now, newest, isSettling }: { now: number; newest: string; isSettling: () => Promise<boolean> },
): Promise<Work | undefined> {
  const { kept } = entry
  if (kept === undefined) return { create: 'first', entry }
  const isReadable = kept !== 'unreadable'
  const isOfNewest = isReadable && kept.state === newest
  if (!isOfNewest && !(await isSettling())) return { create: 'changed', entry }
  if (!isReadable) return undefined
  if (kept.owed === 'another') return { create: 'gone', entry }
  const isOld = kept.expiresAt - now <= subscriptionLifeMs - renewEveryMs
  return isOld || kept.owed ? { renew: kept, entry } : undefined
}
