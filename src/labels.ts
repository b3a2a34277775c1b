import { endings } from './errors.ts'

// The values that labels of metrics may have. All are named here, so that each is counted from 0 on: of what first
// appears with 1, Prometheus sees no increase.

/** A request that is over: its path without the query, its status ('aborted': the browser gave up), and how long it took. */
export type RequestFacts = { path: string; status: number | 'aborted'; seconds: number }

const openDoors = ['sign-in', 'callback', 'sign-out', 'signed-out', 'front-channel-logout'] as const
const otherDoors = [
  [/^\/health\/(live|ready)$/, 'health'],
  [/^\/assets\//, 'assets'],
  [/^\/hooks\/graph$/, 'hooks'],
] as const
export const doors: readonly string[] = [...openDoors, ...otherDoors.map(([, name]) => name), 'gated']

const openDoor = new RegExp(`^/auth/(${openDoors.join('|')})$`)
/** The open doors by their names; whatever else is asked for is behind the gate. */
export const doorOf = (path: string): string =>
  openDoor.exec(path)?.[1] ?? otherDoors.find(([pattern]) => pattern.test(path))?.[1] ?? 'gated'

const outcomesByStatus: Record<number, string> = {
  401: 'refused',
  403: 'refused',
  404: 'not-found',
  429: 'limited',
  503: 'unavailable',
}
export const outcomes: readonly string[] = [
  ...['ok', 'redirected', 'bad-request', 'failed', 'aborted'],
  ...new Set(Object.values(outcomesByStatus)),
]

/** One of `outcomes`: how a request ended. */
export function outcomeOf(status: RequestFacts['status']): string {
  if (status === 'aborted') return status
  if (status < 300) return 'ok'
  if (status < 400) return 'redirected'
  return outcomesByStatus[status] ?? (status < 500 ? 'bad-request' : 'failed')
}

const graphSubjects = [
  [/\/checkMemberGroups$/, 'membership'],
  [/\/groups\/[^/]+\/(transitiveM|m)embers$/, 'members'],
  [/\/identityGovernance\/|\/policies\//, 'pim'],
  [/\/subscriptions/, 'subscription'],
  [/\/applications\(/, 'application'],
  [/\/(users|groups|me)\b/, 'names'],
] as const
export const subjects: readonly string[] = [...graphSubjects.map(([, name]) => name), 'other']
export const graphResults = ['ok', 'refused', 'throttled', 'failed', 'unanswered'] as const

/** What a call is about, of the address no more than that. */
export const subjectOf = (url: string): string => {
  const path = url.split(/[?#]/)[0] ?? ''
  return graphSubjects.find(([pattern]) => pattern.test(path))?.[1] ?? 'other'
}

/** Why Redis did not do something: its own word for it, `tls` where none got through, or nothing at all. */
export const redisReasons: readonly string[] = [
  ...['moved', 'ask', 'crossslot', 'tryagain', 'clusterdown', 'readonly', 'masterdown', 'noreplicas', 'noperm', 'oom'],
  ...['misconf', 'wrongpass', 'noauth', 'denied', 'loading', 'busy', 'noscript', 'wrongtype', 'noproto', 'err', 'tls'],
  ...['other', 'unanswered'],
]
/** One of those few, for any word. */
export const redisReasonOf = (word: string | undefined): string => {
  const reason = word?.toLowerCase() ?? 'unanswered'
  return redisReasons.includes(reason) ? reason : 'other'
}

export const entraCalls = ['metadata', 'code', 'refresh', 'app-token'] as const
/** The codes of all problems that Entra's answer, or its silence, may become. */
export const entraResults: readonly string[] = [
  'ok',
  ...['entra-unreachable', 'sign-in-misconfigured', 'sign-in-refused', 'sign-in-not-proven', 'other-person'],
  'unexpected',
]
export const signInOutcomes: readonly string[] = ['signed-in', 'stepped-up', ...Object.keys(endings)]

export const audiences = ['signed-in', 'members'] as const
/** Each outcome of the gate with the reasons that it may have. */
export const verdicts: readonly { outcome: string; reason: string }[] = [
  { outcome: 'admit', reason: 'admitted' },
  { outcome: 'sign-in', reason: 'not-signed-in' },
  { outcome: 'refuse', reason: 'not-a-member' },
  { outcome: 'refuse', reason: 'access-ended' },
  { outcome: 'cannot-tell', reason: 'membership-unknown' },
  { outcome: 'cannot-tell', reason: 'too-many-groups' },
  { outcome: 'step-up', reason: 'auth-context-missing' },
]

/** Why a request was answered before the application saw it. */
export const unreadableKinds = [
  'not-http',
  'headers-too-large',
  'body-not-read',
  'too-slow',
  'expectation',
  'no-host',
] as const
export type UnreadableKind = (typeof unreadableKinds)[number]

/** The places of client secrets in their setting: two, while one is being changed. */
export const secretPositions = ['1', '2'] as const
