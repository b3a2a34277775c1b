import { z } from 'zod'
import { identityShape } from '../../../src/entra/claims.ts'

const epochMs = z.int().positive()
const recordShape = z.object({
  identity: identityShape,
  membership: z.union([
    z.literal('unknown'),
    z.object({ member: z.literal(true), provenAt: epochMs, until: epochMs.optional() }),
    z.object({ member: z.literal(false), provenAt: epochMs, reason: z.string(), endedAt: epochMs.optional() }),
  ]),
  plan: z.object({ askedAt: epochMs, until: epochMs.optional(), endedAt: epochMs.optional() }).optional(),
  contexts: z.record(z.string(), epochMs).default({}),
  signedInAt: epochMs,
  lastSeenAt: epochMs,
  browser: z.string(),
})

/**
 * Sessions as the first release reads and writes them: it knows no version and no marks, removes whatever is not of this
 * shape, and believes the membership that it finds. Never to be changed: it is what runs elsewhere during a deploy.
 */
export const readByFirstRelease = (stored: unknown) =>
  z.object({ cookie: z.looseObject({}), record: recordShape }).parse(stored).record

/** A session as the first release creates it: of the fields that it knows, and no others. */
export const bornInFirstRelease = (stored: { cookie: object; record: object }, membership: object) => ({
  cookie: stored.cookie,
  record: { ...recordShape.parse({ ...stored.record, membership }) },
})

/** A session as the first release changes it: what it does not know stays as it found it. */
export const changedByFirstRelease = (stored: { cookie: object; record: object }, membership: object) => ({
  cookie: stored.cookie,
  record: { ...stored.record, membership },
})
