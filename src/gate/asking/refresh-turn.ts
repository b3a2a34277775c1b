import { setTimeout as pause } from 'node:timers/promises'
import { pageWaitMs } from '../../clock.ts'
import type { Leases } from '../../session/replicas/lease.ts'

/** A replica that dies while it redeems a token holds up the others for no longer than this (ms). */
const leaseMs = 3_000
const waitStepMs = 100

/**
 * Lets one refresh of a session happen at a time, across all replicas and whatever it is for: an older refresh token
 * must not overwrite a newer one. `look` finds what another may have made meanwhile. Otherwise `refresh` runs when the
 * turn has come. Undefined: neither happened while a page waits. Throws Problem('redis-away') and what `look` and
 * `refresh` throw.
 */
export async function inRefreshTurn<T>(
  sessionId: string,
  {
    leases,
    look,
    refresh,
  }: { leases: Pick<Leases, 'hold'>; look: () => Promise<T | undefined>; refresh: () => Promise<T> },
): Promise<T | undefined> {
  const end = performance.now() + pageWaitMs
  while (performance.now() < end) {
    const found = await look()
    if (found !== undefined) return found
    const turn = await leases.hold(`refresh:${sessionId}`, leaseMs, refresh)
    if (turn.held) return turn.value
    await pause(waitStepMs)
  }
  return undefined
}
