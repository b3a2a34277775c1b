import { signInRefusalOf } from '../../entra/oidc/errors.ts'
import type { Oidc } from '../../entra/oidc/oidc.ts'
import type { Tokens } from '../../entra/oidc/signed-in.ts'
import { isProblem, Problem } from '../../errors.ts'
import { factsAt } from '../../session/record/at-gate.ts'
import type { Membership } from '../../session/record/membership.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { Sessions } from '../../session/sessions.ts'
import type { Vault } from '../../session/vault.ts'
import type { MembershipProof, Proofs } from '../membership-proof.ts'
import type { SetUp } from '../set-up.ts'
import { type Answer, isRunning, type Rechecked, type Wanted, withAnswer } from './answer.ts'
import type { Unanswered } from './unanswered.ts'

/** One question to Entra about a session. `askedAt`, and by gate the last announcement before it, are in epoch ms. */
type Question = {
  sessionId: string
  record: SessionRecord
  askedAt: number
  announcedAt: ReadonlyMap<string, number>
}
type Redeemable = Tokens & { refreshToken: string }

/**
 * Redeems the refresh token of a session and remembers what Entra says: of the account, and of every gate. Its caller
 * holds the turn of the session. Throws Problem('redis-away').
 */
export function createRedeeming({
  oidc,
  vault,
  sessions,
  proof,
  gates,
  isProvenSince,
  notedProven,
  unanswered,
  now,
  staleBefore,
  setUp,
}: {
  oidc: Pick<Oidc, 'refresh'>
  vault: Pick<Vault, 'read' | 'replace' | 'holds'>
  sessions: Pick<Sessions, 'read' | 'change'>
  proof: MembershipProof
  /** The names of all gates. */
  gates: readonly string[]
  /** Whether a session knows what is wanted. */
  isProvenSince: (sessionId: string, record: SessionRecord, wanted: Wanted) => boolean
  /** Told which gates Entra's answer was about, as asked at an instant (epoch ms). */
  notedProven: (sessionId: string, gates: readonly string[], askedAt: number) => void
  unanswered: Unanswered
  now: () => number
  /** Proofs of a gate from before this instant (epoch ms) are stale. A clock ahead of ours may have dated it. */
  staleBefore: (gate: string) => number
  setUp?: SetUp | undefined
}) {
  async function redeem(sessionId: string, wanted: Wanted): Promise<Rechecked<SessionRecord>> {
    const record = await sessions.read(sessionId)
    if (!record) return 'over'
    // Another replica may have asked just before.
    if (isProvenSince(sessionId, record, wanted)) return { record }
    const tokens = await vault.read(sessionId)
    // A replica that has the newer secret can ask.
    if (tokens === 'unknown-key') return unanswered.leave(sessionId, record, new Problem('membership-unknown'))
    if (!isRedeemable(tokens)) return unanswered.end(sessionId, record, { reason: 'no-refresh-token' })
    const announcedAt = new Map(gates.map(gate => [gate, staleBefore(gate)]))
    const question = { sessionId, record, askedAt: now(), announcedAt }
    let proofs: Proofs
    try {
      proofs = await proofsOf(question, tokens)
    } catch (thrown) {
      // This replica was stopped for so long that another one redeemed newer tokens: that one's answer counts.
      if (isVerdict(thrown) && !(await vault.holds(sessionId, tokens))) return asOthersLeftIt(sessionId)
      return afterFailure(question, thrown)
    }
    return afterAnswer(question, proofs)
  }

  async function proofsOf({ sessionId, record, askedAt }: Question, tokens: Redeemable): Promise<Proofs> {
    const signedIn = await oidc.refresh(tokens.refreshToken, record.identity)
    unanswered.answered(sessionId)
    await vault.replace(sessionId, tokens, signedIn.tokens)
    const keep = (next: Tokens) => vault.replace(sessionId, signedIn.tokens, next)
    const proofs = await proof(signedIn, new Date(askedAt), keep)
    const isOn = gates.some(gate => isRunning(factsAt(record, gate).plan, askedAt))
    if (!proofs.missing) setUp?.saw(record.identity, signedIn.groups, { isRunning: isOn })
    return proofs
  }

  /** Entra has answered of the account, also where something kept us from learning of some gates. */
  async function afterAnswer(question: Question, { memberships, missing }: Proofs): Promise<Rechecked<SessionRecord>> {
    const { record, askedAt } = question
    const isUnlisted = isProblem(missing, 'too-many-groups')
    if (isUnlisted) setUp?.tooManyGroups(record.identity, missing)
    const unlisted = isUnlisted && { unlistedAt: askedAt }
    const remembering = remembered(question, {
      ownProvenAt: askedAt,
      memberships: dated(memberships, question),
      ...unlisted,
    })
    // The tokens were good an instant ago. A verdict about them comes again with the next question.
    if (missing === undefined || isVerdict(missing)) return remembering
    const [known, left] = [await remembering, await afterFailure(question, missing)]
    return Object.keys(memberships).length > 0 ? known : left
  }

  async function remembered(
    { sessionId, record: before }: Question,
    answer: Answer,
  ): Promise<Rechecked<SessionRecord>> {
    notedProven(sessionId, Object.keys(answer.memberships ?? {}), answer.ownProvenAt)
    const record = await sessions.change(sessionId, found => withAnswer(found, before, answer))
    return record ? { record } : 'over'
  }

  async function asOthersLeftIt(sessionId: string): Promise<Rechecked<SessionRecord>> {
    const record = await sessions.read(sessionId)
    return record ? { record } : 'over'
  }

  async function afterFailure(question: Question, thrown: unknown): Promise<Rechecked<SessionRecord>> {
    const { sessionId, record, askedAt } = question
    if (!(thrown instanceof Problem)) throw thrown
    if (thrown.code === 'other-person') return unanswered.end(sessionId, record, { reason: thrown.code, error: thrown })
    if (thrown.code !== 'sign-in-refused') return unanswered.leave(sessionId, record, thrown)
    const refusal = signInRefusalOf(thrown)
    if (refusal !== 'not-assigned') return unanswered.end(sessionId, record, { reason: refusal, error: thrown })
    const membership = { member: false, provenAt: askedAt, reason: refusal } as const
    const memberships = Object.fromEntries(gates.map(gate => [gate, membership]))
    return remembered(question, { ownProvenAt: askedAt, memberships: dated(memberships, question) })
  }

  return redeem
}

const isRedeemable = (tokens: Tokens | undefined): tokens is Redeemable => Boolean(tokens?.refreshToken)

/** Whether Entra said something about the person or their tokens, rather than nothing. */
const isVerdict = (thrown: unknown): boolean => isProblem(thrown, 'sign-in-refused', 'other-person')

/**
 * After an announcement about a gate's group that a clock ahead of ours has dated, a proof of that gate is dated so that it
 * answers the announcement. A proof of any other gate is not: a "no" would count for longer there.
 */
const dated = (memberships: Proofs['memberships'], { announcedAt }: Question): Proofs['memberships'] =>
  Object.fromEntries(
    Object.entries(memberships).map(([gate, membership]) => [gate, since(membership, announcedAt.get(gate) ?? 0)]),
  )
const since = (membership: Membership, at: number): Membership =>
  membership === 'unknown' ? membership : { ...membership, provenAt: Math.max(membership.provenAt, at) }
