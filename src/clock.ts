/** The one clock of the house. Tests hold it in hand. */
export type Clock = () => Date

/**
 * So far apart the clocks of two replicas, of Redis or of Microsoft may be, in ms: an instant that another one made may
 * lie so far ahead of ours. It excuses instants from the future; a known end is kept by our own clock, to the second.
 */
export const clockToleranceMs = 30_000

/**
 * So long a page waits for Entra and Graph in all, in ms, from the moment it was asked for: it is out within six seconds,
 * also where a busy machine needs a while to make it.
 */
export const pageWaitMs = 5_000
