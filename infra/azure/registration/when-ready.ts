import { GraphProblem } from '../graph/problem.ts'
import { bounds, createPatience } from '../graph/waiting.ts'
import type { Given } from '../run/given.ts'

/**
 * Does something that Graph refuses, but not with 404, as long as it does not know what was written a moment ago. Throws
 * the refusal when that lasts too long.
 */
export async function whenReady<Done>(
  time: Pick<Given, 'clock' | 'sleep'>,
  isEarly: (refusal: GraphProblem) => boolean,
  act: () => Promise<Done>,
): Promise<Done> {
  const wait = createPatience(time, bounds.shownMs)
  for (;;)
    try {
      return await act()
    } catch (error) {
      const mayPass = error instanceof GraphProblem && isEarly(error)
      if (!mayPass || !(await wait())) throw error
    }
}
