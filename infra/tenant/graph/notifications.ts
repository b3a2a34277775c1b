import { tenantId } from '../directory/ids.ts'
import { type GroupKey, idOfGroup } from '../directory/managed.ts'
import { personBy } from '../directory/people.ts'
import type { TenantState } from '../state.ts'
import type { LifecycleEvent, Subscription } from './subscription.ts'
import { live } from './subscriptions.ts'

const lookEveryMs = 25
const acknowledgeWithinMs = 3_000
const firstRetryMs = 10_000
const giveUpMs = 4 * 3_600_000

type Item = Record<string, unknown>
type Delivery = { url: string; item: Item; due: number; born: number; tries: number }

export type Notifier = ReturnType<typeof createNotifier>

/**
 * Tells subscribers of every change of a group's members, whether an act or a reached end made it.
 * It sees the members without any lag. Delays and retries go by the tenant's clock.
 */
export function createNotifier(state: TenantState) {
  let known = members()
  let waiting: Delivery[] = []
  // A test's clock does not call anybody when it moves, so the notifier looks at it regularly.
  const timer = setInterval(look, lookEveryMs).unref()
  return { look, tellLifecycle, reset, close: () => clearInterval(timer) }

  /** Notes the changes and sends the notifications that are due. */
  function look(): void {
    const now = members()
    for (const [group, keys] of now) tell(group, changeSince(known.get(group) ?? [], keys))
    known = now
    deliver()
  }

  function tell(group: GroupKey, change: Item[]): void {
    if (change.length === 0) return
    for (const subscription of live(state))
      if (watchesMembers(subscription, group) && !isPaused(subscription))
        queue(subscription, changeItem(subscription, group, change))
  }

  /**
   * A lifecycle notification to every subscriber: it asks them to authorize the subscription anew, says that it was
   * removed (and removes it), or that changes were missed.
   */
  function tellLifecycle(lifecycleEvent: LifecycleEvent = 'reauthorizationRequired'): void {
    for (const subscription of live(state)) {
      const { id, lifecycleNotificationUrl: url } = subscription
      if (lifecycleEvent === 'reauthorizationRequired') subscription.challengedAt ??= state.clock()
      if (lifecycleEvent === 'subscriptionRemoved') state.subscriptions.delete(id)
      if (url) queue({ ...subscription, notificationUrl: url }, { ...itemFor(state, subscription), lifecycleEvent })
    }
    deliver()
  }

  /** Whether a challenge was not answered in time. Changes during that time are never told to anybody. */
  function isPaused({ challengedAt }: Subscription): boolean {
    const { pauseAfterSeconds } = state.switches.notifications
    if (challengedAt === undefined || pauseAfterSeconds === undefined) return false
    return state.clock().getTime() - challengedAt.getTime() >= pauseAfterSeconds * 1000
  }

  function reset(): void {
    waiting = []
    known = members()
  }

  function members(): Map<GroupKey, string[]> {
    const groups = state.directory.all()
    return new Map(groups.map(([group, { membersAt }]) => [group, membersAt(state.clock())]))
  }

  function changeItem(subscription: Subscription, group: GroupKey, change: Item[]): Item {
    const id = idOfGroup(group)
    const resource = `Groups/${id}`
    const resourceData = {
      '@odata.type': '#Microsoft.Graph.Group',
      '@odata.id': resource,
      id,
      organizationId: tenantId,
      'members@delta': change,
    }
    return { changeType: 'updated', ...itemFor(state, subscription), resource, resourceData }
  }

  function queue({ notificationUrl: url }: Subscription, item: Item): void {
    const { copies, delaySeconds } = state.switches.notifications
    const born = state.clock().getTime()
    const due = born + delaySeconds * 1000
    for (let copy = 0; copy < copies; copy += 1) waiting.push({ url, item, born, due, tries: 0 })
  }

  function deliver(): void {
    const now = state.clock().getTime()
    const due = waiting.filter(delivery => delivery.due <= now)
    waiting = waiting.filter(delivery => delivery.due > now)
    for (const delivery of due) void send(delivery)
  }

  async function send(delivery: Delivery): Promise<void> {
    if (await acknowledged(delivery)) return
    const due = state.clock().getTime() + firstRetryMs * 2 ** delivery.tries
    if (due - delivery.born <= giveUpMs) waiting.push({ ...delivery, due, tries: delivery.tries + 1 })
  }
}

async function acknowledged({ url, item }: Delivery): Promise<boolean> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ value: [item] }),
    signal: AbortSignal.timeout(acknowledgeWithinMs),
    redirect: 'manual',
  }).catch(() => undefined)
  await reply?.body?.cancel()
  return reply?.ok ?? false
}

function itemFor({ switches }: TenantState, { id, clientState, expirationDateTime }: Subscription): Item {
  return {
    clientState: switches.notifications.clientState ?? clientState,
    subscriptionExpirationDateTime: expirationDateTime.replace('Z', '+00:00'),
    subscriptionId: id,
    tenantId,
  }
}

const watchesMembers = ({ resource }: Subscription, group: GroupKey): boolean =>
  new RegExp(`^/?groups(/${idOfGroup(group)}(/members)?)?$`, 'i').test(resource)

function changeSince(before: readonly string[], after: readonly string[]): Item[] {
  const added = after.filter(key => !before.includes(key)).map(key => ({ id: personBy(key).oid }))
  const removed = before.filter(key => !after.includes(key))
  return [...added, ...removed.map(key => ({ id: personBy(key).oid, '@removed': 'deleted' }))]
}
