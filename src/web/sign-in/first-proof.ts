import { setTimeout as after } from 'node:timers/promises'
import type { SignedIn, Tokens } from '../../entra/oidc/signed-in.ts'
import { Problem, problemOf } from '../../errors.ts'
import type { Proof } from '../../gate/membership.ts'
import type { SetUp } from '../../gate/set-up.ts'
import type { Log } from '../../observability.ts'
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
    proof: Proof
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
    const membership = await soonEnough(proof(signedIn, askedAt, keep), Math.min(leftMs, longestWaitMs))
    setUp.saw(identity, groups)
    return { membership, tokens }
  } catch (error) {
    log.warn({ event: 'membership-unknown', oid: identity.objectId, error })
    if (problemOf(error).code !== 'too-many-groups') return { membership: 'unknown', tokens }
    setUp.tooManyGroups(identity, error)
    return { membership: 'unknown', unlistedAt: askedAt.getTime(), tokens }
  }
}

async function soonEnough<T>(work: Promise<T>, ms: number): Promise<T> {
  const waiting = new AbortController()
  const limit = after(ms, undefined, { signal: waiting.signal, ref: false }).then(() => {
    throw new Problem('membership-unknown')
  })
  return Promise.race([work, limit]).finally(() => waiting.abort())
}
