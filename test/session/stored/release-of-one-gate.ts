import { z } from 'zod'
import { identityShape } from '../../../src/entra/claims.ts'

const epochMs = z.int().positive()
const plan = z.object({
  askedAt: epochMs,
  order: epochMs.optional(),
  act: epochMs.optional(),
  shownAt: epochMs.optional(),
  from: epochMs.optional(),
  until: epochMs.optional(),
  seamAt: epochMs.optional(),
  endedAt: epochMs.optional(),
})
const ofGroupShape = z.object({
  membership: z.union([
    z.literal('unknown'),
    z.object({ member: z.literal(true), provenAt: epochMs, until: epochMs.optional() }),
    z.object({ member: z.literal(false), provenAt: epochMs, reason: z.string(), endedAt: epochMs.optional() }),
  ]),
  ownProvenAt: epochMs.optional().catch(undefined),
  unlistedAt: epochMs.optional().catch(undefined),
  plan: plan.optional().catch(undefined),
})
const storedShape = z.looseObject({
  cookie: z.looseObject({}),
  record: ofGroupShape.extend({
    identity: identityShape,
    contexts: z.record(z.string(), epochMs).default({}),
    signedInAt: epochMs,
    lastSeenAt: epochMs,
    browser: z.string(),
    lineage: z.string().optional(),
    v: z.int().min(1).max(2).optional(),
    app: z.string().optional(),
    groups: z.record(z.string(), z.unknown()).optional(),
  }),
})

/** A session as a release sees it that knows one group, and has no gates. */
export type SeenByOneGate = z.infer<typeof ofGroupShape> & {
  identity: z.infer<typeof identityShape>
  contexts: Record<string, number>
  signedInAt: number
  lastSeenAt: number
  browser: string
  lineage?: string | undefined
}

/**
 * Sessions as the release before this one reads and writes them: it knows one group, whose mark is `group`. Never to be
 * changed: it is what runs elsewhere during a deploy.
 */
export const releaseOfOneGate = ({ app, group }: { app: string; group: string }) => ({
  read(text: string): SeenByOneGate {
    const { record } = storedShape.parse(JSON.parse(text))
    const { identity, contexts, signedInAt, lastSeenAt, browser, lineage } = record
    const known = ofGroupShape.safeParse(record.groups?.[group]).data ?? { membership: 'unknown' as const }
    return { identity, contexts, signedInAt, lastSeenAt, browser, ...(lineage && { lineage }), ...known }
  },

  write(record: SeenByOneGate, before?: string): string {
    const { identity, contexts, signedInAt, lastSeenAt, browser, lineage, ...ofGroup } = record
    const found = before === undefined ? {} : (JSON.parse(before).record as Record<string, unknown>)
    const others = Object.entries(found.groups ?? {}).filter(([mark]) => mark !== group)
    const groups = { ...Object.fromEntries(others.slice(-3)), [group]: ofGroup }
    const shared = { identity, contexts, signedInAt, lastSeenAt, browser, lineage, plan: ofGroup.plan }
    return JSON.stringify({ cookie: {}, record: { membership: 'unknown', ...found, ...shared, v: 2, app, groups } })
  },
})
