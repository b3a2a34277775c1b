/** The one clock of the house. Tests hold it in hand. */
export type Clock = () => Date

/**
 * So far apart the clocks of two replicas, of Redis or of Microsoft may be, in ms: an instant that another one made may
 * lie so far ahead of ours. It excuses instants from the future; a known end is kept by our own clock, to the second.
 */
export const clockToleranceMs = 30_000
