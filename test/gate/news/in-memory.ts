import type { Board } from '../../../src/session/replicas/board.ts'
import type { Leases } from '../../../src/session/replicas/lease.ts'

type News = { at: number; text: string; lifeMs: number }

/** The board as Redis keeps it for replicas whose clocks agree; `news` is what hangs there. */
export function boardInMemory() {
  const news = new Map<string, News>()
  const board: Board = {
    at: async name => news.get(name)?.at ?? 0,
    read: async name => news.get(name)?.text,
    async post(name, { instead, ...next }) {
      const foundAt = news.get(name)?.at ?? 0
      if (instead === undefined ? foundAt >= next.at : foundAt !== instead) return false
      news.set(name, next)
      return true
    },
  }
  return { ...board, news }
}

/** Leases that are always to be had, and pauses that last until they are taken out of `pauses`. */
export function leasesInMemory() {
  const held: [string, number][] = []
  const pauses = new Map<string, number>()
  const leases: Leases = {
    async hold(name, lifeMs, work) {
      held.push([name, lifeMs])
      return { held: true, value: await work() }
    },
    released: async () => {},
    isPaused: async name => pauses.has(name),
    pause: async (name, ms) => void pauses.set(name, ms),
  }
  return { ...leases, held, pauses }
}
