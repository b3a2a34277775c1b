import { isGone, isTaken, type Subscription, type Subscriptions } from '../../entra/graph/subscriptions.ts'
import type { Log } from '../../observability.ts'
import type { Leases } from '../../session/replicas/lease.ts'
import { fingerprint } from '../../session/sealing/seal.ts'
import { type createKept, type Found, idOf, type Kept } from './kept-subscription.ts'

const settling = 'subscription-settling'
/** While settings are being changed, replicas may not agree on the newest: none of them undoes another's work at once. */
const settledMs = 600_000

/** Why another one is made. */
export type Creation = { create: 'first' | 'gone' | 'changed' }

/** Makes and renews the subscription at Graph, and writes down which it is. Throws when Graph does not do it. */
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
  /** What a subscription is kept for: it carries the newest secret to this address. */
  const newest = () => fingerprint(`${subscriptions.notificationUrl}\n${clientState()}`)

  /** One that cannot be renewed now stays: a second beside it would only be told the same. */
  async function renewed({ id, owed, state }: Kept, found: Found): Promise<void> {
    try {
      const next = await subscriptions.renew(id, { token: owed ? 'new' : 'any' })
      await written({ ...next, state }, found)
      log.info({ event: 'subscribed', why: owed ? 'reauthorized' : 'renewed', expiresAt: iso(next) })
      if (owed) await announce()
    } catch (thrown) {
      if (!isGone(thrown)) throw thrown
      await created({ create: 'gone' }, found)
    }
  }

  async function created({ create: why }: Creation, found: Found): Promise<void> {
    const state = newest()
    const before = typeof found.kept === 'object' ? found.kept : undefined
    const { next, hadRoomMade } = await subscribed(before)
    // Where room was made, it was made of whatever is written there by now.
    const place = hadRoomMade ? await kept.current() : found
    if (!(await written({ ...next, state }, place))) return allDropped([next.id])
    if (why === 'changed') await leases.pause(settling, settledMs)
    log.info({ event: 'subscribed', why, expiresAt: iso(next) })
    if (why !== 'first' || hadRoomMade) await announce()
    // What is left of earlier ones calls with secrets that are not believed, or tells everything twice.
    await allDropped((await idsOf(before)).filter(id => id !== next.id))
  }

  /**
   * Whoever was stopped for longer than the lease lasts puts nothing in place of the subscription that another replica has
   * made meanwhile. What Graph has said meanwhile of the same one stays owed.
   */
  async function written(next: Kept, found: Found): Promise<boolean> {
    if (await kept.post(next, found)) return true
    const meanwhile = await kept.current()
    if (idOf(meanwhile) !== idOf(found)) return false
    const isLost =
      typeof meanwhile.kept === 'object' && meanwhile.kept.owed === 'another' && next.id === meanwhile.kept.id
    return kept.post({ ...next, ...(isLost && { owed: 'another' }) }, meanwhile)
  }

  /** Graph may take no second one of the same changes: then those of ours go first, and nobody else's. */
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
