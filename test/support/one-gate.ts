import { createGates } from '../../src/gate/gates.ts'
import type { Known, StandingOf } from '../../src/gate/standing.ts'

/** The gates of a house that has only `members`, made by hand. */
export const oneGate = (made: { standingOf: StandingOf; known: Known; context?: string | undefined }) => {
  const { context, ...gate } = made
  return createGates([{ name: 'members', settings: { ...(context && { context }) }, ...gate }])
}
