import { isProblem } from '../../errors.ts'

/**
 * Throws `thrown` again where it is Problem('redis-away'). Without Redis no session and no wish can be read, so the whole
 * page is refused; every other error is told on the page that asked.
 */
export function rethrowRedisAway(thrown: unknown): void {
  if (isProblem(thrown, 'redis-away')) throw thrown
}
