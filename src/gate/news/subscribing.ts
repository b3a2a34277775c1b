import { isGone, isTaken, type Subscription, type Subscriptions } from '../../entra/graph/subscriptions.ts'
import type { Log } from '../../observability.ts'
import type { Leases } from '../../session/replicas/lease.ts'
import { fingerprint } from '../../session/sealing/seal.ts'
import { type createKept, type Kept, type KeptEntry, keptId } from './kept-subscription.ts'

const settling = 'subscription-settling'
/** So long (ms) after settings changed, replicas may not agree on the newest: none of them undoes another's work. */
const settledMs = 600_000

/** Why another subscription is made. */
export type Creation = { create: 'first' | 'gone' | 'changed' }

/** Makes and renews the subscription at Graph, and writes down which one it is. Throws when Graph does not do it. */
export function createSubscribing({
  subscriptions,
  clientState,
  announce,
  kept,
  leases,
  log,
}: {
  subscriptions: Subscriptions
  clientState: () => string
  announce: () => Promise<void>
  kept: ReturnType<typeof createKept>
  leases: Leases
  log: Log
}) {
  /** The mark of a subscription that carries the newest secret to our address. */
  const newest = () => fingerprint(`${subscriptions.notificationUrl}\n${clientState()}`)

  /** A subscription that cannot be renewed now stays: a second one beside it would only tell us the same. */
  async function renewed({ id, owed, state }: Kept, entry: KeptEntry): Promise<void> {
    try {
      const next = await subscriptions.renew(id, { token: owed ? 'new' : 'any' })
      await written({ ...next, state }, entry)
      log.info({ event: 'subscribed', why: owed ? 'reauthorized' : 'renewed', expiresAt: iso(next) })
      if (owed) await announce()
    } catch (thrown) {
      if (!isGone(thrown)) throw thrown
      await created({ create: 'gone' }, entry)
    }
  }

  async function created({ create: why }: Creation, entry: KeptEntry): Promise<void> {
    const state = newest()
    const before = typeof entry.kept === 'object' ? entry.kept : undefined
    const { next, hadRoomMade } = await subscribed(before)
    // Where room was made, the subscriptions that were dropped may have been written down since.
    const place = hadRoomMade ? await kept.current() : entry
    if (!(await written({ ...next, state }, place))) return allDropped([next.id])
    if (why === 'changed') await leases.pause(settling, settledMs)
    log.info({ event: 'subscribed', why, expiresAt: iso(next) })
    if (why !== 'first' || hadRoomMade) await announce()
    // Earlier subscriptions that are left call with secrets that are not believed, or tell everything twice.
    await allDropped((await idsOf(before)).filter(id => id !== next.id))
  }

  /**
   * A replica that was stopped for longer than its lease lasts does not replace the subscription that another replica
   * has made meanwhile. What Graph has said meanwhile of the same subscription stays owed.
   */
  async function written(next: Kept, entry: KeptEntry): Promise<boolean> {
    if (await kept.post(next, entry)) return true
    const meanwhile = await kept.current()
    if (keptId(meanwhile) !== keptId(entry)) return false
    const isLost =
      typeof meanwhile.kept === 'object' && meanwhile.kept.owed === 'another' && next.id === meanwhile.kept.id
    return kept.post({ ...next, ...(isLost && { owed: 'another' }) }, meanwhile)
  }

  /** Graph may take no second subscription to the same changes. Then ours are dropped first, and nobody else's. */
  async function subscribed(before: Kept | undefined) {
    try {
      return { next: await subscriptions.create(clientState()), hadRoomMade: false }
    } catch (thrown) {
      const earlier = isTaken(thrown) ? await idsOf(before) : []
      if (earlier.length === 0) throw thrown
      for (const each of earlier) await dropped(each)
      return { next: await subscriptions.create(clientState()), hadRoomMade: true }
    }
  }

  async function idsOf(before: Kept | undefined): Promise<string[]> {
    const listed = await subscriptions.ours().catch(() => [])
    return [...new Set([...listed, ...(before ? [before.id] : [])])]
  }

  async function dropped(id: string): Promise<void> {
    await subscriptions.drop(id)
    log.info({ event: 'subscription-dropped' })
  }

  async function allDropped(ids: readonly string[]): Promise<void> {
    try {
      for (const id of ids) await dropped(id)
    } catch (error) {
      log.warn({ event: 'subscription-not-dropped', error })
    }
  }

  return { created, renewed, newest, isSettling: () => leases.isPaused(settling) }
}

const iso = ({ expiresAt }: Subscription) => new Date(expiresAt).toISOString()
