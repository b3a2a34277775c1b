import { Problem } from '../../errors.ts'

/**
 * The answer of Redis, or Problem('redis-away'). Of the error, which holds the whole command, little is logged. What is no
 * fault of Redis, but of ours on the way, stays what it is: Redis is not blamed for it.
 */
export async function ask<T>(command: Promise<T>): Promise<T> {
  try {
    return await command
  } catch (cause) {
    if (cause instanceof Problem || isOurs(cause)) throw cause
    throw new Problem('redis-away', { cause })
  }
}
const isOurs = (cause: unknown) =>
  [TypeError, SyntaxError, RangeError, ReferenceError].some(kind => cause instanceof kind)

/** Somebody else was first so often that it is no coincidence: what is there may not be text at all. */
const mostTries = 50

/** Tries until `attempt` returns something, or throws Problem('redis-away'): nothing is tried for ever. */
export async function untilDone<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < mostTries; tries++) {
    const done = await attempt()
    if (done !== undefined) return done
  }
  throw new Problem('redis-away')
}

/** A key of another type: nobody here wrote it. */
export const isWrongType = (error: unknown): boolean => error instanceof Error && error.message.startsWith('WRONGTYPE')

/** `instead` where the key is of another type: what nobody here wrote is as good as nothing, and keeps nobody out. */
export const unlessWrongType = <T>(command: Promise<T>, instead: T): Promise<T> =>
  command.catch(error => {
    if (isWrongType(error)) return instead
    throw error
  })
