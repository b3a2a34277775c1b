import { endings } from './endings.ts'

// The values that labels of metrics may have. All are named here, so that each is counted from 0 on: Prometheus sees no
// increase in a series that begins with 1.

/** A request that is over: its path without the query, its status ('aborted': the browser gave up), and its seconds. */
export type RequestFacts = { path: string; status: number | 'aborted'; seconds: number }

const openDoors = ['sign-in', 'callback', 'sign-out', 'signed-out', 'front-channel-logout'] as const
const otherDoors = [
  [/^\/health\/(live|ready)$/, 'health'],
  [/^\/assets\//, 'assets'],
  [/^\/hooks\/graph$/, 'hooks'],
] as const
/** Every door by which a request may come in; `gated` is every path behind the gate. */
export const doors: readonly string[] = [...openDoors, ...otherDoors.map(([, name]) => name), 'gated']

const openDoor = new RegExp(`^/auth/(${openDoors.join('|')})$`)
/** The door of a path. A path that is no open door is `gated`. */
export const doorOf = (path: string): string =>
  openDoor.exec(path)?.[1] ?? otherDoors.find(([pattern]) => pattern.test(path))?.[1] ?? 'gated'

const outcomesByStatus: Record<number, string> = {
  401: 'refused',
  403: 'refused',
  404: 'not-found',
  429: 'limited',
  503: 'unavailable',
}
/** Every way in which a request may end. */
export const outcomes: readonly string[] = [
  ...['ok', 'redirected', 'bad-request', 'failed', 'aborted'],
  ...new Set(Object.values(outcomesByStatus)),
]

/** One of `outcomes`: how a request ended, by its status. */
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
/** Every subject of a call to Graph. */
export const subjects: readonly string[] = [...graphSubjects.map(([, name]) => name), 'other']
/** How a call to Graph may end. */
export const graphResults = ['ok', 'refused', 'throttled', 'failed', 'unanswered'] as const

/** The subject of a call to Graph: all that a label may say of its address. */
export const subjectOf = (url: string): string => {
  const path = url.split(/[?#]/)[0] ?? ''
  return graphSubjects.find(([pattern]) => pattern.test(path))?.[1] ?? 'other'
}

/** The acts of people that the trail records. */
export const acts = [
  ...(['activation', 'extension', 'ending', 'cancellation', 'approval', 'denial'] as const),
  ...(['assignment', 'assignmentChange', 'removal', 'review', 'sessionsEnding'] as const),
] as const
/** What a record of the trail says of an act. */
export const steps = ['requested', 'completed', 'waiting', 'failed', 'unanswered'] as const

/**
 * What may be wrong with the trail. `shortened`: records were lost. `restored`: the tree over them was, and a replica put it
 * back. `differs`: something was changed.
 */
export const trailFaults = ['shortened', 'restored', 'differs'] as const

/** What the trail records because it was seen. */
export const observations = [
  ...(['seenIn', 'seenOut', 'effective', 'usedFirst', 'lapsed', 'wrote'] as const),
  ...(['signedIn', 'steppedUp', 'signedOut', 'sessionEnded', 'refused'] as const),
] as const

/** Why Redis did not carry out a command: the first word of its refusal, `tls`, or `unanswered`. */
export const redisReasons: readonly string[] = [
  ...['moved', 'ask', 'crossslot', 'tryagain', 'clusterdown', 'readonly', 'masterdown', 'noreplicas', 'noperm', 'oom'],
  ...['misconf', 'wrongpass', 'noauth', 'denied', 'loading', 'busy', 'noscript', 'wrongtype', 'noproto', 'err', 'tls'],
  ...['other', 'unanswered'],
]
/** The reason for the first word of a refusal, or for no answer at all. */
export const redisReasonOf = (word: string | undefined): string => {
  const reason = word?.toLowerCase() ?? 'unanswered'
  return redisReasons.includes(reason) ? reason : 'other'
}

/** The kinds of call to Entra. */
export const entraCalls = ['metadata', 'code', 'refresh', 'app-token'] as const
/** How a call to Entra may end: 'ok', or the code of its Problem. */
export const entraResults: readonly string[] = [
  'ok',
  ...['entra-unreachable', 'sign-in-misconfigured', 'sign-in-refused', 'sign-in-not-proven', 'other-person'],
  'unexpected',
]
/** How a sign-in that came back from Entra may end. */
export const signInOutcomes: readonly string[] = ['signed-in', 'stepped-up', ...Object.keys(endings)]

/** Every outcome of the gate with each reason that it may have. */
export const verdicts: readonly { outcome: string; reason: string }[] = [
  { outcome: 'admit', reason: 'admitted' },
  { outcome: 'sign-in', reason: 'not-signed-in' },
  { outcome: 'refuse', reason: 'not-a-member' },
  { outcome: 'refuse', reason: 'access-ended' },
  { outcome: 'cannot-tell', reason: 'membership-unknown' },
  { outcome: 'cannot-tell', reason: 'too-many-groups' },
  { outcome: 'step-up', reason: 'auth-context-missing' },
]

/** Why a request may be answered before the application sees it. */
export const unreadableKinds = [
  'not-http',
  'headers-too-large',
  'body-not-read',
  'too-slow',
  'expectation',
  'no-host',
] as const
export type UnreadableKind = (typeof unreadableKinds)[number]

/** What becomes of a record that is sent to the webhook. */
export const webhookResults = ['taken', 'refused', 'unanswered'] as const

/** The places of client secrets in their setting. There are two while a secret is being changed. */
export const secretPositions = ['1', '2'] as const

/** How a check of the set-up may end. */
export const setupVerdicts = ['right', 'wrong', 'cannot-tell'] as const
