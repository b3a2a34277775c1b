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
  /** How long nothing may go wrong before a drill is over. */
  calmMs: number
  /** The longest that recovering may take: a 503 after that is not explained by the fault. */
  recoverMs: number
  /** Drills with a time of their own at which access ends, known before the fault: 'all', or these. */
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
  stormMs: 40_000,
  calmMs: 5_000,
  recoverMs: 15_000,
  knownEnds: 'all',
  together: false,
}

/** For CI: everything happens, nothing for long. */
export const short: Size = {
  ...long,
  sessions: 40,
  recheckSeconds: 15,
  graceSeconds: 3,
  endAfterMs: 300,
  redisDownMs: 500,
  readOnlyMs: 1_500,
  pauseMs: 3_000,
  entraDownMs: 14_000,
  stormMs: 7_000,
  calmMs: 1_000,
  knownEnds: ['redis-pause'],
  together: true,
}
