import { z } from 'zod'
import { orderOf, type Plan } from '../record/plan.ts'
import { recordShape, type SessionRecord } from '../record/record.ts'
import type { Scope } from '../scope.ts'

/** Raised only when an earlier release must not go on with the sessions of a later one. The first release wrote none. */
const newestVersion = 2

/** A session as Redis keeps it: the record, with the marks of the application and the groups that it was proven for. */
const storedShape = z.looseObject({
  cookie: z.looseObject({}),
  record: recordShape.extend({
    v: z.int().min(1).max(newestVersion).optional(),
    /** The mark of the application whose session it is. */
    app: z.string().optional(),
    /** The facts known of each group, by the group's mark. */
    groups: z.record(z.string(), z.unknown()).optional(),
  }),
})

/**
 * Whether a text is a stored session that this release can go on with. A session of another shape is none, and neither is
 * a text that is no JSON.
 */
export function isStoredSession(text: string): boolean {
  try {
    return storedShape.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}

/** The fields of a record that are not about the group. All other fields count for one group only. */
const aboutNoGroup = {
  identity: true,
  contexts: true,
  signedInAt: true,
  lastSeenAt: true,
  browser: true,
  lineage: true,
} as const
const ofGroupShape = recordShape.omit(aboutNoGroup)
const mostOtherGroups = 3
/** PIM may take this long (in ms) to answer a question that was asked before an end. */
const longestQuestionMs = 10_000

type Session = { record: SessionRecord }

/**
 * A stored session as it counts for this application and group; undefined when another application made it. A membership
 * that was proven for another group is unknown here: people stay signed in, and Entra is asked anew. Takes only texts that
 * `isStoredSession` accepts.
 */
export function sessionIn(text: string, { app, group, tenantId }: Scope): Session | undefined {
  const { record, ...session } = storedShape.parse(JSON.parse(text))
  if ((record.app ?? app) !== app || record.identity.tenantId !== tenantId) return undefined
  const { identity, contexts, signedInAt, lastSeenAt, browser, lineage } = record
  const known = ofGroup(record.groups?.[group]) ?? { membership: 'unknown' }
  const shared = { identity, contexts, signedInAt, lastSeenAt, browser, ...(lineage && { lineage }) }
  const plan = planOfFirstRelease(record, group, known.plan)
  return { ...session, record: { ...shared, ...known, ...(plan && { plan }) } } as Session
}

const ofGroup = (text: unknown) => ofGroupShape.safeParse(text).data

/**
 * The plan that the first release left in the session, where it counts here; undefined where the plan that is known here
 * stands. The first release knows no marks. An end that the person made there counts here, too, unless the session knows
 * of other groups. Where no plan is known here, the end that the first release knew is the bound.
 */
function planOfFirstRelease(
  { plan, groups = {} }: { plan?: Plan | undefined; groups?: Record<string, unknown> | undefined },
  group: string,
  known: Plan | undefined,
): Plan | undefined {
  if (!plan || Object.keys(groups).some(mark => mark !== group)) return undefined
  const { askedAt, from, until, endedAt } = plan
  const bound = { askedAt, ...(from && { from }), ...(until && { until }), ...(endedAt && { endedAt }) }
  if ((endedAt ?? 0) > (known?.endedAt ?? 0))
    return { ...bound, order: Math.max(orderOf(known), askedAt) + longestQuestionMs }
  return known ? undefined : { ...bound, order: 1 }
}

/**
 * The text of a session as Redis keeps it. Whatever others wrote into `before`, about other groups or in fields that this
 * release does not know, stays. The first release reads and writes `membership` and `plan` beside all that. It knows no
 * marks, so it has to ask about the membership itself, while an end that one of the two releases knows binds the other.
 */
export function storedFrom({ record, ...session }: Session, { app, group }: Scope, before?: string): string {
  const { identity, contexts, signedInAt, lastSeenAt, browser, lineage, ...ofGroup } = record
  const found = before === undefined ? {} : (JSON.parse(before).record as Record<string, unknown>)
  const others = Object.entries(found.groups ?? {}).filter(([mark]) => mark !== group)
  const groups = { ...Object.fromEntries(others.slice(-mostOtherGroups)), [group]: ofGroup }
  const shared = { identity, contexts, signedInAt, lastSeenAt, browser, lineage, plan: ofGroup.plan }
  return JSON.stringify({
    ...session,
    record: { membership: 'unknown', ...found, ...shared, v: newestVersion, app, groups },
  })
}
