import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { membersGate } from '../../config/gates.ts'
import { factsAt } from '../record/at-gate.ts'
import { membershipShape } from '../record/membership.ts'
import { orderOf, type Plan, planShape } from '../record/plan.ts'
import { askedShape, gateFactsShape, personPartShape, type SessionRecord } from '../record/record.ts'
import type { Scope } from '../scope.ts'

/** Raised only when an earlier release must not go on with the sessions of a later one. The first release wrote none. */
const newestVersion = 2

/**
 * A session as Redis keeps it: the record, with the marks of the application and of the gates that it was proven for. The
 * first release reads and writes `membership` and `plan` beside all that.
 */
const storedShape = z.looseObject({
  cookie: z.looseObject({}),
  record: personPartShape.extend({
    membership: membershipShape,
    plan: planShape.optional().catch(undefined),
    v: z.int().min(1).max(newestVersion).optional(),
    /** The mark of the application whose session it is. */
    app: z.string().optional(),
    /** The facts known of each gate, by the gate's mark. */
    groups: z.record(z.string(), z.unknown()).optional(),
  }),
})
type StoredSession = z.infer<typeof storedShape>
type Stored = StoredSession['record']

/**
 * The text that was looked at last, until its session is taken. Each request has its session looked at and then taken:
 * to read the text twice would cost as much as all else that the gates of a page do.
 */
let looked: { text: string; session: StoredSession } | undefined

/**
 * Whether a text is a stored session that this release can go on with. A session of another shape is none, and neither is
 * a text that is no JSON.
 */
export function isStoredSession(text: string): boolean {
  try {
    const { data } = storedShape.safeParse(JSON.parse(text))
    looked = data && { text, session: data }
    return data !== undefined
  } catch {
    return false
  }
}

/** Never the same objects twice: whoever took them may change them. */
function taken(text: string): StoredSession {
  if (looked?.text !== text) return storedShape.parse(JSON.parse(text))
  const { session } = looked
  looked = undefined
  return session
}

/** What is stored of one gate. Releases of one gate expect there also when Microsoft was asked. */
const storedFactsShape = gateFactsShape.extend(askedShape.shape)
/** As many as a replica with other settings may have gates: the two would otherwise ask Entra in turns. */
const mostOtherGroups = 20
/** PIM may take this long (in ms) to answer a question that was asked before an end. */
const longestQuestionMs = 10_000

type Session = { record: SessionRecord }

/**
 * A stored session as it counts for this application and its gates; undefined when another application made it. A
 * membership that was proven for another group is unknown here: people stay signed in, and Entra is asked anew. Takes only
 * texts that `isStoredSession` accepts.
 */
export function sessionIn(text: string, { app, gates: marks, tenantId }: Scope): Session | undefined {
  const { record, ...session } = taken(text)
  if ((record.app ?? app) !== app || record.identity.tenantId !== tenantId) return undefined
  const {
    identity,
    contexts,
    signedInAt,
    lastSeenAt,
    browser,
    lineage,
    signedInFrom,
    lastSeenFrom,
    groups = {},
  } = record
  const seen = {
    ...(lineage && { lineage }),
    ...(signedInFrom && { signedInFrom }),
    ...(lastSeenFrom && { lastSeenFrom }),
  }
  const shared = { identity, contexts, signedInAt, lastSeenAt, browser, ...seen }
  const found = Object.entries(marks).map(([gate, mark]) => [gate, factsIn(groups[mark])] as const)
  const gates: Record<string, SessionRecord['gates'][string]> = {}
  for (const [gate, { membership, plan }] of found) gates[gate] = { membership, ...(plan && { plan }) }
  const plan = planOfFirstRelease(record, Object.values(marks), gates)
  if (plan) gates[membersGate] = { ...factsAt({ gates }, membersGate), plan }
  const ownProvenAt = Math.max(0, ...found.map(([, { ownProvenAt = 0 }]) => ownProvenAt))
  const unlistedAt = Math.max(0, ...found.map(([, { unlistedAt = 0 }]) => unlistedAt))
  const asked = { ...(ownProvenAt > 0 && { ownProvenAt }), ...(unlistedAt > 0 && { unlistedAt }) }
  return { ...session, record: { ...shared, ...asked, gates } }
}

const factsIn = (stored: unknown): z.infer<typeof storedFactsShape> =>
  storedFactsShape.safeParse(stored).data ?? { membership: 'unknown' }

/**
 * The plan that the first release left in the session, where it counts here; undefined where the plan that is known here
 * stands. The first release knows no marks, and only the gate `members`. An end that the person made there counts here,
 * too, unless the session knows of other groups than `ours`. Where no plan is known here, the end that the first release
 * knew is the bound. Releases since leave a plan there, too: one that they know of a group that may be another gate's now.
 */
function planOfFirstRelease(
  { plan, groups = {} }: Pick<Stored, 'plan' | 'groups'>,
  ours: readonly string[],
  gates: SessionRecord['gates'],
): Plan | undefined {
  if (!plan || Object.keys(groups).some(mark => !ours.includes(mark))) return undefined
  if (Object.values(gates).some(facts => isDeepStrictEqual(facts.plan, plan))) return undefined
  const { plan: known } = factsAt({ gates }, membersGate)
  const { askedAt, from, until, endedAt } = plan
  const bound = { askedAt, ...(from && { from }), ...(until && { until }), ...(endedAt && { endedAt }) }
  if ((endedAt ?? 0) > (known?.endedAt ?? 0))
    return { ...bound, order: Math.max(orderOf(known), askedAt) + longestQuestionMs }
  return known ? undefined : { ...bound, order: 1 }
}

/**
 * The text of a session as Redis keeps it. Whatever others wrote into `before`, about other groups or in fields that this
 * release does not know, stays. The first release knows no marks, so it has to ask about the membership itself, while an
 * end that one of the two releases knows binds the other.
 */
export function storedFrom({ record, ...session }: Session, { app, gates: marks }: Scope, before?: string): string {
  const { gates, ownProvenAt, unlistedAt, ...person } = record
  const found = before === undefined ? {} : (JSON.parse(before).record as Record<string, unknown>)
  const ours = new Set(Object.values(marks))
  const others = Object.entries(found.groups ?? {}).filter(([mark]) => !ours.has(mark))
  // Also for a gate of which nothing is known: that is all that says when Microsoft was asked, if nothing could be learned.
  const facts = Object.entries(marks).map(
    ([gate, mark]) => [mark, { ...factsAt({ gates }, gate), ownProvenAt, unlistedAt }] as const,
  )
  const groups = { ...Object.fromEntries(others.slice(-mostOtherGroups)), ...Object.fromEntries(facts) }
  const { identity, contexts, signedInAt, lastSeenAt, browser, lineage, signedInFrom, lastSeenFrom } = person
  const { plan } = factsAt(record, membersGate)
  const shared = { identity, contexts, signedInAt, lastSeenAt, browser, lineage, signedInFrom, lastSeenFrom, plan }
  return JSON.stringify({
    ...session,
    record: { membership: 'unknown', ...found, ...shared, v: newestVersion, app, groups },
  })
}
