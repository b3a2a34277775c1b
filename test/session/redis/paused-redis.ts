import type { Redis } from '../../../src/session/redis/redis.ts'

/** Wraps Redis so that a test can hold it up before a command, or make it lose one. */
export function createPausable(redis: Redis) {
  let count = 0
  let stop = Infinity
  let failure = Infinity
  let reached = Promise.withResolvers<void>()
  let released = Promise.withResolvers<void>()

  const paused = new Proxy(redis, {
    get(target, name) {
      const member = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        if (count === failure) throw new Error('Command timed out', { cause: count++ })
        if (count++ === stop) {
          reached.resolve()
          await released.promise
        }
        return Reflect.apply(member, target, args)
      }
    },
  })
  return {
    redis: paused,
    /** Counts anew, and stops before the command of this number. */
    stopAt(number: number): void {
      count = 0
      stop = number
      reached = Promise.withResolvers()
      released = Promise.withResolvers()
    },
    /** Counts anew, and loses the command of this number. */
    failAt(number: number): void {
      count = 0
      failure = number
    },
    /** Resolves when Redis has stopped at that command, or the work was done without reaching it. */
    stopped: (work: Promise<unknown>) => Promise.race([reached.promise, work.catch(() => {})]),
    goOn(): void {
      stop = Infinity
      released.resolve()
    },
    count: () => count,
  }
}
