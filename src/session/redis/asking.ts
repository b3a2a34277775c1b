import { Problem } from '../../errors.ts'

/**
 * The answer of Redis, or Problem('redis-away'). The log prints little of the cause, which holds the whole command. An
 * error that is a fault of our own code stays what it is: Redis is not blamed for it.
 */
export async function ask<T>(command: Promise<T>): Promise<T> {
  try {
    return await command
  } catch (cause) {
    if (cause instanceof Problem || isFaultOfOurs(cause)) throw cause
    throw new Problem('redis-away', { cause })
  }
}
const isFaultOfOurs = (cause: unknown) =>
  [TypeError, SyntaxError, RangeError, ReferenceError].some(kind => cause instanceof kind)

/** When others were first so often, it is no coincidence: perhaps the key holds no text at all. */
const mostTries = 50

/** Tries until `attempt` resolves to something. Throws Problem('redis-away') after 50 attempts: nothing is tried for ever. */
export async function untilDone<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < mostTries; tries++) {
    const done = await attempt()
    if (done !== undefined) return done
  }
  throw new Problem('redis-away')
}

/**
 * The answer of Redis, or `instead` where the key is of another type. Nobody here wrote such a key: it is as good as none,
 * and keeps nobody out. Other errors stay.
 */
export const unlessWrongType = <T>(command: Promise<T>, instead: T): Promise<T> =>
  command.catch(error => {
    if (isWrongType(error)) return instead
    throw error
  })
const isWrongType = (error: unknown): boolean => error instanceof Error && error.message.startsWith('WRONGTYPE')
