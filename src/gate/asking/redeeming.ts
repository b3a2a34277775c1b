import { signInRefusalOf } from '../../entra/oidc/errors.ts'
import type { Oidc } from '../../entra/oidc/oidc.ts'
import type { Tokens } from '../../entra/oidc/signed-in.ts'
import { isProblem, Problem } from '../../errors.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { Sessions } from '../../session/sessions.ts'
import type { Vault } from '../../session/vault.ts'
import type { MembershipProof } from '../membership-proof.ts'
import type { SetUp } from '../set-up.ts'
import { type Answer, isRunning, type Recheck, withAnswer } from './answer.ts'
import type { ProvenSince } from './proven-since.ts'
import type { Unanswered } from './unanswered.ts'

/** One question to Entra about a session. `askedAt` is in epoch ms. */
type Question = { sessionId: string; record: SessionRecord; askedAt: number }
type Redeemable = Tokens & { refreshToken: string }

/**
 * Redeems the refresh token of a session and remembers what Entra says: of the account, and of the group. Its caller
 * holds the turn of the session. Throws Problem('redis-away').
 */
export function createRedeeming({
  oidc,
  vault,
  sessions,
  proof,
  provenSince,
  unanswered,
  latest,
  setUp,
}: {
  oidc: Pick<Oidc, 'refresh'>
  vault: Pick<Vault, 'read' | 'replace' | 'holds'>
  sessions: Pick<Sessions, 'read' | 'change'>
  proof: MembershipProof
  provenSince: ProvenSince
  unanswered: Unanswered
  /** The instant (epoch ms) of a question that is asked now. */
  latest: () => number
  setUp?: SetUp | undefined
}) {
  async function redeem(sessionId: string, provenAfter: number): Promise<Recheck> {
    const record = await sessions.read(sessionId)
    if (!record) return 'over'
    // Another replica may have asked just before.
    if (provenSince.isProvenSince(sessionId, record, provenAfter)) return { record }
    const tokens = await vault.read(sessionId)
    // A replica that has the newer secret can ask.
    if (tokens === 'unknown-key') return unanswered.leave(sessionId, record, new Problem('membership-unknown'))
    if (!isRedeemable(tokens)) return unanswered.end(sessionId, record, { reason: 'no-refresh-token' })
    const question = { sessionId, record, askedAt: latest() }
    let answer: Answer
    try {
      answer = await answerOf(question, tokens)
    } catch (thrown) {
      // This replica was stopped for so long that another one redeemed newer tokens: that one's answer counts.
      if (isVerdict(thrown) && !(await vault.holds(sessionId, tokens))) return asOthersLeftIt(sessionId)
      return afterFailure(question, thrown)
    }
    return remembered(question, answer)
  }

  async function answerOf(question: Question, tokens: Redeemable): Promise<Answer> {
    const { sessionId, record, askedAt } = question
    const signedIn = await oidc.refresh(tokens.refreshToken, record.identity)
    unanswered.answered(sessionId)
    await vault.replace(sessionId, tokens, signedIn.tokens)
    const keep = (next: Tokens) => vault.replace(sessionId, signedIn.tokens, next)
    const membership = await proof(signedIn, new Date(askedAt), keep).catch(thrown => unproven(question, thrown))
    setUp?.saw(record.identity, signedIn.groups, { isRunning: isRunning(record.plan, askedAt) })
    return { ownProvenAt: askedAt, membership }
  }

  /** Entra has answered of the account all the same. */
  async function unproven(question: Question, thrown: unknown): Promise<never> {
    const { record, askedAt } = question
    const isUnlisted = isProblem(thrown, 'too-many-groups')
    if (isUnlisted) setUp?.tooManyGroups(record.identity, thrown)
    await remembered(question, { ownProvenAt: askedAt, ...(isUnlisted && { unlistedAt: askedAt }) })
    throw thrown
  }

  async function remembered({ sessionId, record: before }: Question, answer: Answer): Promise<Recheck> {
    if (answer.membership) provenSince.note(sessionId, answer.ownProvenAt)
    const record = await sessions.change(sessionId, found => withAnswer(found, before, answer))
    return record ? { record } : 'over'
  }

  async function asOthersLeftIt(sessionId: string): Promise<Recheck> {
    const record = await sessions.read(sessionId)
    return record ? { record } : 'over'
  }

  async function afterFailure(question: Question, thrown: unknown): Promise<Recheck> {
    const { sessionId, record, askedAt } = question
    if (!(thrown instanceof Problem)) throw thrown
    if (thrown.code === 'other-person') return unanswered.end(sessionId, record, { reason: thrown.code, error: thrown })
    if (thrown.code !== 'sign-in-refused') return unanswered.leave(sessionId, record, thrown)
    const refusal = signInRefusalOf(thrown)
    if (refusal !== 'not-assigned') return unanswered.end(sessionId, record, { reason: refusal, error: thrown })
    const membership = { member: false, provenAt: askedAt, reason: refusal } as const
    return remembered(question, { ownProvenAt: askedAt, membership })
  }

  return redeem
}

const isRedeemable = (tokens: Tokens | undefined): tokens is Redeemable => Boolean(tokens?.refreshToken)

/** Whether Entra said something about the person or their tokens, rather than nothing. */
const isVerdict = (thrown: unknown): boolean => isProblem(thrown, 'sign-in-refused', 'other-person')
