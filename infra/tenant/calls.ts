import { forEachManaged, type GroupKey, type ManagedGroup } from './directory/managed.ts'

export type Endpoint = 'discovery' | 'keys' | 'authorize' | 'token' | 'logout'
/** The parts of Graph that are counted, and can be made to fail, each by itself. */
export const graphPlaces = [
  'instances',
  'members',
  'check',
  'subscriptions',
  'requests',
  'eligibility',
  'schedules',
  'policies',
  'approvals',
  'users',
  'applications',
  'conditionalAccess',
  'organization',
] as const
export type GraphPlace = (typeof graphPlaces)[number]
export type GraphCalls = Record<GraphPlace, number>

/**
 * How often each part was called. The three kinds of token calls are counted in `token` too. `graphOf` counts the calls
 * to Graph about each managed group; one that names several groups counts for each. A group that PIM did not manage from
 * the start has its place there once it was called about.
 */
export type Calls = Record<Endpoint | 'tokenCode' | 'tokenRefresh' | 'tokenClient', number> & {
  graph: GraphCalls
  graphOf: Record<ManagedGroup, GraphCalls> & Record<GroupKey, GraphCalls | undefined>
}

export const noCalls = (): Calls => ({
  discovery: 0,
  keys: 0,
  authorize: 0,
  token: 0,
  logout: 0,
  tokenCode: 0,
  tokenRefresh: 0,
  tokenClient: 0,
  graph: noGraphCalls(),
  graphOf: forEachManaged(noGraphCalls),
})

/** A count of Graph's calls that begins. */
export const noGraphCalls = (): GraphCalls => Object.fromEntries(graphPlaces.map(place => [place, 0])) as GraphCalls

/** Sets all counters to zero, in place. */
export function forgetCalls(calls: Calls): void {
  const { graph, graphOf, ...others } = noCalls()
  Object.assign(calls, others)
  Object.assign(calls.graph, graph)
  for (const [group, counts] of Object.entries(calls.graphOf))
    Object.assign(counts ?? {}, graphOf[group] ?? noGraphCalls())
}
