import type { Scope } from '../scope.ts'
import { newestVersion, orderOf, type Plan, recordShape, type SessionRecord, storedShape } from './record.ts'

/** All else in a record is about the group, and counts for that group only. */
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
/** What was asked of PIM before an end may be answered so much later. */
const longestQuestionMs = 10_000

type Session = { record: SessionRecord }

/**
 * A session as it counts here: undefined when it is another application's. Nothing is known of the group unless it was
 * proven for this one, so people stay who they are and are asked about anew. Takes what `isStoredSession` accepts.
 */
export function sessionIn(text: string, { app, group, tenantId }: Scope): Session | undefined {
  const { record, ...session } = storedShape.parse(JSON.parse(text))
  if ((record.app ?? app) !== app || record.identity.tenantId !== tenantId) return undefined
  const { identity, contexts, signedInAt, lastSeenAt, browser, lineage } = record
  const known = ofGroup(record.groups?.[group]) ?? { membership: 'unknown' }
  const shared = { identity, contexts, signedInAt, lastSeenAt, browser, ...(lineage && { lineage }) }
  const plan = ofFirstRelease(record, group, known.plan)
  return { ...session, record: { ...shared, ...known, ...(plan && { plan }) } } as Session
}

const ofGroup = (text: unknown) => ofGroupShape.safeParse(text).data

/**
 * The plan that the first release left in the session, which knows no marks: an end that the person made there counts
 * here, too, unless the session knows of other groups; and where no end is known here, its end bounds.
 */
function ofFirstRelease(
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
 * A session as it is kept. What others wrote into `before`, about other groups or in fields that this release does not
 * know, stays. The first release reads and writes `membership` and `plan` beside all that: it knows no marks, so it has
 * to ask about the membership itself, while an end that either of the two knows binds the other.
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
