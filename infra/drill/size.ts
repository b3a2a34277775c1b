/** How much of everything a run takes. Times are in ms where they do not say seconds. */
export type Size = {
  sessions: number
  /** Requests of people who are signed in, every second. */
  perSecond: number
  /** How many sign in at the same time, to begin with. */
  signingIn: number
  recheckSeconds: number
  rosterSeconds: number
  graceSeconds: number
  /** How long a fault has lasted when somebody's access is taken away, or ends by itself. */
  endAfterMs: number
  redisDownMs: number
  readOnlyMs: number
  pauseMs: number
  entraDownMs: number
  stormMs: number
  /** How long after all replicas know a new session secret: it signs when two minutes have passed. */
  secretMs: number
  /** How long nothing may go wrong before a drill is over. */
  calmMs: number
  /** The longest that recovering may take: a 503 after that is not explained by the fault. */
  recoverMs: number
  /** Drills during which somebody's access is taken away, and those during which somebody's ends at a time known before. */
  removals: 'all' | readonly string[]
  knownEnds: 'all' | readonly string[]
  /** The groups of drills at the same time: quicker, and less like a machine that has nothing else to do. */
  together: boolean
}

export const long: Size = {
  sessions: 1_000,
  perSecond: 40,
  signingIn: 8,
  recheckSeconds: 30,
  rosterSeconds: 5,
  graceSeconds: 5,
  endAfterMs: 2_000,
  redisDownMs: 5_000,
  readOnlyMs: 15_000,
  pauseMs: 20_000,
  entraDownMs: 240_000,
  stormMs: 35_000,
  secretMs: 125_000,
  calmMs: 4_000,
  recoverMs: 15_000,
  removals: 'all',
  knownEnds: 'all',
  together: false,
}

/** For CI: everything happens, nothing for long. */
export const short: Size = {
  ...long,
  sessions: 40,
  perSecond: 20,
  recheckSeconds: 15,
  graceSeconds: 3,
  endAfterMs: 300,
  redisDownMs: 500,
  readOnlyMs: 1_500,
  // Longer than the proxy waits for a replica: what it says by itself would be seen.
  pauseMs: 7_500,
  entraDownMs: 14_000,
  stormMs: 7_000,
  secretMs: 0,
  calmMs: 1_000,
  // Of four people, so that nobody has to be let in again.
  removals: ['redis-restart', 'redis-pause', 'graph-429', 'entra-down', 'rolling-deploy'],
  knownEnds: ['redis-pause'],
  together: true,
}
