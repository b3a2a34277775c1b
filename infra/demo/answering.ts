import { setTimeout as after } from 'node:timers/promises'

/** Asks an address until it answers with success, for as long as its process lives. Returns whether it did. */
export async function answering(url: string, isAlive: () => boolean): Promise<boolean> {
  while (isAlive()) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined)
    if (answer?.ok) return true
    await after(50)
  }
  return false
}
