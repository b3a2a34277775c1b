/** The one clock of the application. Tests hold it in hand. */
export type Clock = () => Date

/**
 * How far the clocks of our replicas, of Redis and of Microsoft may differ, in ms. An instant that another clock made may
 * lie so far in our future. A known end is kept by our own clock, to the second.
 */
export const clockToleranceMs = 30_000

/**
 * How long a page waits for Entra and Graph in all, in ms, from the moment its request came. So a page is sent within six
 * seconds, even where a busy machine needs a while to make it.
 */
export const pageWaitMs = 5_000
