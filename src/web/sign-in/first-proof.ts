import type { SignedIn, Tokens } from '../../entra/oidc/signed-in.ts'
import { Problem, problemOf } from '../../errors.ts'
import type { MembershipProof } from '../../gate/membership-proof.ts'
import type { SetUp } from '../../gate/set-up.ts'
import type { Log } from '../../observability.ts'
import { waitAtMost } from '../../patience.ts'
import type { SessionRecord } from '../../session/record/record.ts'

type FirstProof = Pick<SessionRecord, 'membership' | 'unlistedAt'> & { tokens: Tokens }

/** In ms. A browser that comes back has waited for Entra already. */
const longestWaitMs = 4_000

/**
 * What a sign-in proves of the membership, and the tokens to keep from it. Who cannot be told about is signed in all the
 * same: every page for members asks again.
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
    log: Pick<Log, 'warn'> /** How long the page may wait still. */
    leftMs: number
  },
): Promise<FirstProof> {
  const { identity, groups } = signedIn
  let { tokens } = signedIn
  const keep = (next: Tokens) => {
    tokens = next
  }
  try {
    const membership = await waitAtMost(Math.min(leftMs, longestWaitMs), proof(signedIn, askedAt, keep), tooSlow)
    setUp.saw(identity, groups)
    return { membership, tokens }
  } catch (error) {
    log.warn({ event: 'membership-unknown', oid: identity.objectId, error })
    if (problemOf(error).code !== 'too-many-groups') return { membership: 'unknown', tokens }
    setUp.tooManyGroups(identity, error)
    return { membership: 'unknown', unlistedAt: askedAt.getTime(), tokens }
  }
}

function tooSlow(): never {
  throw new Problem('membership-unknown')
}
