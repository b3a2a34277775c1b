import type { Pauses } from './waiting.ts'

/**
 * Microsoft Graph v1.0, as the set-up asks it. Paths begin behind the version: `/groups`. Whatever Graph refuses, and
 * whatever stays unanswered within a bound, is a GraphProblem with a sentence.
 */
export type Graph = {
  /** The address of the version, for references to objects in bodies: `https://graph.microsoft.com/v1.0`. */
  base: string
  /** One object; undefined where there is none (404). */
  find<Found>(path: string): Promise<Found | undefined>
  /** One object that must be there. */
  get<Found>(path: string): Promise<Found>
  /** All rows of a list, over all its pages. */
  list<Row>(path: string): Promise<Row[]>
  /**
   * Adds an object, once: an answer that was lost leads to a look with `find`, and only what is still not there is
   * sent again. An object that Graph does not show yet (404) is waited for.
   */
  create<Made>(wish: Creation<Made>): Promise<Made>
  /** Calls an action, which is not sent again where its answer was lost. */
  act<Answer>(path: string, body: unknown): Promise<Answer>
  /** Changes an object. An object that Graph does not show yet (404) is waited for. */
  patch(path: string, body: unknown): Promise<void>
  /** The same, without waiting where there is none (404). */
  patchNow(path: string, body: unknown): Promise<void>
  /** Removes an object. One that is gone already is no fault. */
  remove(path: string): Promise<void>
}

export type Creation<Made> = {
  path: string
  body: object
  /** The object as Graph shows it; undefined while it shows none. */
  find: () => Promise<Made | undefined>
  /**
   * Whether Graph itself refuses a second one. If it does not, an object that an interrupted run created a moment ago
   * may not be shown yet, so the program has to look again when it has run for a while.
   */
  isUnique: boolean
}

/** What a Graph client needs. */
export type GraphNeeds = {
  base: string
  token: TokenSource
  fetch: typeof globalThis.fetch
  clock: () => Date
  sleep: (ms: number) => Promise<void>
  /** How long to wait although nobody asks for it; left out: as long as Microsoft's Graph needs. */
  pauses?: Pauses | undefined
}

/** An access token for Graph. `isRefused` says that Graph refused the one before. */
export type TokenSource = (because?: { isRefused: boolean }) => Promise<string>
