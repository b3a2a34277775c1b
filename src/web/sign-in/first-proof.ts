import type { SignedIn, Tokens } from '../../entra/oidc/signed-in.ts'
import { Problem, problemOf } from '../../errors.ts'
import type { MembershipProof, Proofs } from '../../gate/membership-proof.ts'
import type { SetUp } from '../../gate/set-up.ts'
import type { Log } from '../../observability.ts'
import { waitAtMost } from '../../patience.ts'
import type { SessionRecord } from '../../session/record/record.ts'

type FirstProof = Pick<SessionRecord, 'gates' | 'unlistedAt'> & { tokens: Tokens }

/** Short, because a browser that comes back has waited for Entra already. */
const longestWaitMs = 4_000

/**
 * The memberships that a sign-in proves, and the tokens to keep from it. A person whose membership of a gate cannot be told
 * is signed in all the same, with nothing known of that gate: every page of it asks again. Waits 4 s at most, and not longer
 * than `leftMs`.
 */
export async function firstProof(
  signedIn: SignedIn,
  {
    askedAt,
    proof,
    setUp,
    log,
    leftMs,
  }: {
    askedAt: Date
    proof: MembershipProof
    setUp: SetUp
    log: Pick<Log, 'warn'>
    /** How much longer the page may wait. */
    leftMs: number
  },
): Promise<FirstProof> {
  const { identity, groups } = signedIn
  let { tokens } = signedIn
  const keepNewer = (next: Tokens) => {
    tokens = next
  }
  const work = proof(signedIn, askedAt, keepNewer)
  const { memberships, missing } = await waitAtMost(Math.min(leftMs, longestWaitMs), work, provenTooLate)
  const gates = Object.fromEntries(Object.entries(memberships).map(([gate, membership]) => [gate, { membership }]))
  if (missing === undefined) {
    setUp.saw(identity, groups)
    return { gates, tokens }
  }
  log.warn({ event: 'membership-unknown', oid: identity.objectId, error: missing })
  if (problemOf(missing).code !== 'too-many-groups') return { gates, tokens }
  setUp.tooManyGroups(identity, missing)
  return { gates, unlistedAt: askedAt.getTime(), tokens }
}

const provenTooLate = (): Proofs => ({ memberships: {}, missing: new Problem('membership-unknown') })
