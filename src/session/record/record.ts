import { isIP } from 'node:net'
import { z } from 'zod'
import { identityShape } from '../../entra/claims.ts'
import { fingerprint } from '../sealing/seal.ts'
import { epochMs } from './epoch-ms.ts'
import { type Membership, membershipShape, provenAtOf } from './membership.ts'
import { planShape } from './plan.ts'

/** Absent where a proxy told none, and in sessions that an earlier release began. Anything else is not believed. */
const addressShape = z
  .string()
  .max(45)
  .refine(text => isIP(text) > 0)
  .optional()
  .catch(undefined)

/** The part of a session's record that is about the person and their browser, whatever gates there are. */
export const personPartShape = z.object({
  identity: identityShape,
  /** Authentication contexts met in this session, each with its instant. Later tokens do not carry them. */
  contexts: z.record(z.string(), epochMs).default({}),
  signedInAt: epochMs,
  lastSeenAt: epochMs,
  browser: z.string(),
  /** The client's address at the sign-in, and where it was last written down that the session was used. */
  signedInFrom: addressShape,
  lastSeenFrom: addressShape,
  /** Stays the same under each new id of the session; absent in sessions that an earlier release began. */
  lineage: z.string().optional(),
})

/** When Microsoft was asked with the person's own token. One question is about all gates. */
export const askedShape = z.object({
  /** When that token was last redeemed and Entra answered, whatever it said of gates: the account may be used. */
  ownProvenAt: epochMs.optional().catch(undefined),
  /** When a token could not list the person's groups, and we were not allowed to ask Graph in their name. */
  unlistedAt: epochMs.optional().catch(undefined),
})

/** The facts that a session knows of one gate. */
export const gateFactsShape = z.object({
  /** The last answer of the person's own token about this gate. Lists that are made for everybody are not written here. */
  membership: membershipShape,
  plan: planShape.optional().catch(undefined),
})
export type GateFacts = z.infer<typeof gateFactsShape>

/**
 * The record of a session: everything that it remembers. A session changes by compare-and-set only, so requests cannot
 * overwrite each other. `gates` has the facts of each gate by the gate's name; a gate that is missing there was never
 * asked about. All instants are in epoch ms.
 */
export type SessionRecord = z.infer<typeof personPartShape> &
  z.infer<typeof askedShape> & { gates: Readonly<Record<string, GateFacts>> }

/** Names a session in a form and among the ends, whatever its id is by now, without giving the id away. */
export const handleOf = (sessionId: string, record?: Pick<SessionRecord, 'lineage'>): string =>
  record?.lineage ?? fingerprint(sessionId)

type Asked = z.infer<typeof askedShape> & { membership: Membership }

/** When the person's own token was last asked for with an answer, in epoch ms; 0 when it never was. */
export const ownProvenAtOf = ({ ownProvenAt = 0, membership }: Omit<Asked, 'unlistedAt'>): number =>
  Math.max(ownProvenAt, provenAtOf(membership))

/**
 * Whether the newest that is known of this person at a gate is that they are in too many groups for a token, while Graph
 * may not be asked.
 */
export const isUnlisted = ({ unlistedAt = 0, membership }: Omit<Asked, 'ownProvenAt'>): boolean =>
  unlistedAt > provenAtOf(membership)
