import { pageWaitMs } from '../../clock.ts'
import { waitAtMost } from '../../patience.ts'
import { NoAnswer } from '../outbound.ts'
import { entraProblem } from './errors.ts'

/** Hears of every call to Entra: what it asked for, how it ended ('ok', or the code of the Problem), and its seconds. */
export type ObserveEntra = (
  asked: 'metadata' | 'code' | 'refresh' | 'app-token',
  result: string,
  seconds: number,
) => void

/** Makes the function that waits for Entra, no longer than a page may, observes the result and throws errors as Problems. */
export const createAnswering =
  (observe: ObserveEntra) =>
  async <T>(asked: Parameters<ObserveEntra>[0], work: () => Promise<T>): Promise<T> => {
    const began = performance.now()
    const seconds = () => (performance.now() - began) / 1000
    try {
      const value = await waitAtMost(pageWaitMs, work(), tooSlow)
      observe(asked, 'ok', seconds())
      return value
    } catch (thrown) {
      const problem = entraProblem(thrown)
      observe(asked, problem.code, seconds())
      throw problem
    }
  }

function tooSlow(): never {
  throw new NoAnswer('too slow')
}
