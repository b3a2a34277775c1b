import { z } from 'zod'
import { identityShape } from '../../entra/claims.ts'
import { fingerprint } from '../sealing/seal.ts'
import { epochMs } from './epoch-ms.ts'
import { membershipShape, provenAtOf } from './membership.ts'
import { planShape } from './plan.ts'

/**
 * The record of a session: everything that it remembers. A session changes by compare-and-set only, so requests cannot overwrite each other. All
 * instants are in epoch ms.
 */
export const recordShape = z.object({
  identity: identityShape,
  /** The last answer of the person's own token about the group. Lists that are made for everybody are not written here. */
  membership: membershipShape,
  /** When that token was last redeemed and Entra answered, whatever it said of groups: the account may be used. */
  ownProvenAt: epochMs.optional().catch(undefined),
  /** When a token could not list the person's groups, and we were not allowed to ask Graph in their name. */
  unlistedAt: epochMs.optional().catch(undefined),
  plan: planShape.optional().catch(undefined),
  /** Authentication contexts met in this session, each with its instant. Later tokens do not carry them. */
  contexts: z.record(z.string(), epochMs).default({}),
  signedInAt: epochMs,
  lastSeenAt: epochMs,
  browser: z.string(),
  /** Stays the same under each new id of the session; absent in sessions that an earlier release began. */
  lineage: z.string().optional(),
})
export type SessionRecord = z.infer<typeof recordShape>

/** Names a session in a form and among the ends, whatever its id is by now, without giving the id away. */
export const handleOf = (sessionId: string, record?: Pick<SessionRecord, 'lineage'>): string =>
  record?.lineage ?? fingerprint(sessionId)

/** When the person's own token was last asked for with an answer, in epoch ms; 0 when it never was. */
export const ownProvenAtOf = ({
  ownProvenAt = 0,
  membership,
}: Pick<SessionRecord, 'ownProvenAt' | 'membership'>): number => Math.max(ownProvenAt, provenAtOf(membership))

/**
 * Whether the newest that is known of this person is that they are in too many groups for a token, while Graph may not be
 * asked.
 */
export const isUnlisted = ({ unlistedAt = 0, membership }: Pick<SessionRecord, 'unlistedAt' | 'membership'>): boolean =>
  unlistedAt > provenAtOf(membership)
