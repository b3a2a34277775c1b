/** The size of a run. Times are in ms unless the name says seconds. */
export type Size = {
  sessions: number
  /** Requests a second of people who are signed in. */
  perSecond: number
  /** How many people sign in at the same time at the beginning. */
  signingIn: number
  recheckSeconds: number
  rosterSeconds: number
  graceSeconds: number
  /** How long after a fault began a person's access is taken away, or ends at its time. */
  endAfterMs: number
  redisDownMs: number
  readOnlyMs: number
  pauseMs: number
  entraDownMs: number
  stormMs: number
  /** How long to wait after all replicas know a new session secret, which signs after two minutes. */
  secretMs: number
  /** How long nothing may go wrong before a drill is over. */
  calmMs: number
  /** The longest that recovering may take: a 503 after that is not explained by the fault. */
  recoverMs: number
  /** The drills in which a person's access is taken away, and those in which it ends at a time known before. */
  removals: 'all' | readonly string[]
  knownEnds: 'all' | readonly string[]
  /** Whether the groups of drills run at the same time: faster, but on a busier machine. */
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

/** For CI: every fault happens, each only briefly. */
export const short: Size = {
  ...long,
  sessions: 40,
  perSecond: 20,
  recheckSeconds: 15,
  graceSeconds: 3,
  endAfterMs: 300,
  redisDownMs: 500,
  readOnlyMs: 1_500,
  // Longer than the proxy waits for a replica, so that an answer of the proxy itself would be seen.
  pauseMs: 7_500,
  entraDownMs: 14_000,
  stormMs: 7_000,
  secretMs: 0,
  calmMs: 1_000,
  // There are four people, so that nobody needs their access back.
  removals: ['redis-restart', 'redis-pause', 'graph-429', 'entra-down', 'rolling-deploy'],
  knownEnds: ['redis-pause'],
  together: true,
}
