import type { SignedIn, Tokens } from '../../entra/oidc/signed-in.ts'
import { Problem, problemOf } from '../../errors.ts'
import type { MembershipProof } from '../../gate/membership-proof.ts'
import type { SetUp } from '../../gate/set-up.ts'
import type { Log } from '../../observability.ts'
import { waitAtMost } from '../../patience.ts'
import type { SessionRecord } from '../../session/record/record.ts'

type FirstProof = Pick<SessionRecord, 'membership' | 'unlistedAt'> & { tokens: Tokens }

/** Short, because a browser that comes back has waited for Entra already. */
const longestWaitMs = 4_000

/**
 * The membership that a sign-in proves, and the tokens to keep from it. A person whose membership cannot be told is
 * signed in all the same, with 'unknown': every page for members asks again. Waits 4 s at most, and not longer than
 * `leftMs`.
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
  try {
    const membership = await waitAtMost(
      Math.min(leftMs, longestWaitMs),
      proof(signedIn, askedAt, keepNewer),
      provenTooLate,
    )
    setUp.saw(identity, groups)
    return { membership, tokens }
  } catch (error) {
    log.warn({ event: 'membership-unknown', oid: identity.objectId, error })
    if (problemOf(error).code !== 'too-many-groups') return { membership: 'unknown', tokens }
    setUp.tooManyGroups(identity, error)
    return { membership: 'unknown', unlistedAt: askedAt.getTime(), tokens }
  }
}

function provenTooLate(): never {
  throw new Problem('membership-unknown')
}
