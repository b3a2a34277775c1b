import { isGone, isTaken, type Subscription, type Subscriptions } from '../entra/subscriptions.ts'
import type { Log } from '../observability.ts'
import type { Leases } from '../session/lease.ts'
import { fingerprint } from '../session/seal.ts'
import type { createKept, Kept } from './kept-subscription.ts'

const settling = 'subscription-settling'
/** While settings are being changed, replicas may not agree on the newest: none of them undoes another's work at once. */
const settledMs = 600_000

/** Why another one is made, and in place of which. */
export type Creation = { create: 'first' | 'gone' | 'changed'; before?: Kept }

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
  async function renewed(before: Kept): Promise<void> {
    const { id, owed, state } = before
    try {
      const next = await subscriptions.renew(id, { token: owed ? 'new' : 'any' })
      const meanwhile = await kept.current()
      const isLost = typeof meanwhile === 'object' && meanwhile.id === id && meanwhile.owed === 'another'
      await kept.post({ ...next, state, ...(isLost && { owed: 'another' }) })
      log.info({ event: 'subscribed', why: owed ? 'reauthorized' : 'renewed', expiresAt: iso(next) })
      if (owed) await announce()
    } catch (thrown) {
      if (!isGone(thrown)) throw thrown
      await created({ create: 'gone', before })
    }
  }

  async function created({ create: why, before }: Creation): Promise<void> {
    const state = newest()
    const { next, hadRoomMade } = await subscribed(before)
    await kept.post({ ...next, state })
    if (why === 'changed') await leases.pause(settling, settledMs)
    log.info({ event: 'subscribed', why, expiresAt: iso(next) })
    if (why !== 'first' || hadRoomMade) await announce()
    await othersDropped(next, before)
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

  /** What is left of earlier ones calls with secrets that are not believed, or tells everything twice. */
  async function othersDropped({ id }: Subscription, before: Kept | undefined): Promise<void> {
    try {
      for (const each of await idsOf(before)) if (each !== id) await dropped(each)
    } catch (error) {
      log.warn({ event: 'subscription-not-dropped', error })
    }
  }

  return { created, renewed, newest, isSettling: () => leases.isPaused(settling) }
}

const iso = ({ expiresAt }: Subscription) => new Date(expiresAt).toISOString()
