import { BoundedMap } from '../../bounded-map.ts'
import type { Clock } from '../../clock.ts'
import type { Identity } from '../../entra/claims.ts'
import { isOfTheAccount, type SignInRefusal } from '../../entra/oidc/aadsts.ts'
import { isPassing, retryAfterMsOf, signInRefusalOf } from '../../entra/oidc/errors.ts'
import type { Oidc } from '../../entra/oidc/oidc.ts'
import type { PimWork } from '../../entra/oidc/scopes.ts'
import type { Tokens } from '../../entra/oidc/signed-in.ts'
import { isProblem, Problem } from '../../errors.ts'
import type { Log } from '../../observability.ts'
import { atEachGate, type GateRecord } from '../../session/record/at-gate.ts'
import { newerOf } from '../../session/record/membership.ts'
import { ownProvenAtOf } from '../../session/record/record.ts'
import type { Leases } from '../../session/replicas/lease.ts'
import type { Sessions } from '../../session/sessions.ts'
import type { Vault } from '../../session/vault.ts'
import { inRefreshTurn } from './refresh-turn.ts'

/**
 * The person of an act, and the session whose tokens the act is done with. `waitsUntil` is how long the page that asks
 * for the act waits, by `performance.now()`; left out: as long as the act takes.
 */
export type Who = { identity: Identity; sessionId: string; waitsUntil?: number }

const marginMs = 60_000
/** So long (ms) after a failure a session's token is not asked for again, however many pages want it. */
const pauseMs = 1_000
/**
 * So long (ms) it is not asked for again where Entra says that it has too much to do, or that a part of Entra is down.
 */
const longPauseMs = 5_000
const mostFailures = 1_000

/**
 * The person's own token for PIM, made from their refresh token where there is none that still counts. Nobody else's
 * token is ever used for a person's acts.
 *
 * Throws Problem: 'sign-in-refused' (among others: consent is missing, or the session is over), 'entra-unreachable',
 * 'sign-in-misconfigured', 'other-person', 'redis-away'.
 */
export function createPimToken({
  clock,
  oidc,
  vault,
  leases,
  sessions,
  gates,
  log,
  work = 'own-access',
}: {
  clock: Clock
  oidc: Oidc
  vault: Vault
  leases: Leases
  sessions: Pick<Sessions, 'change' | 'destroy'>
  /** The names of all gates: what Entra says of the application holds for each of them. */
  gates: readonly string[]
  log: Pick<Log, 'info'>
  /** What the token is for: it has the permissions of that work, and is kept apart from that of any other. */
  work?: PimWork
}) {
  const now = () => clock().getTime()
  const failures = new BoundedMap<string, { at: number; thrown: unknown }>(mostFailures)

  async function get(who: Who): Promise<string> {
    const { sessionId } = who
    const token = await inRefreshTurn(sessionId, {
      leases,
      look: () => kept(sessionId),
      refresh: () => madeOrPaused(who),
    })
    if (token === undefined) throw new Problem('entra-unreachable')
    return token
  }

  /** The token that is there. Throws what the last try threw, where that was a moment ago. */
  async function kept(sessionId: string): Promise<string | undefined> {
    const token = await vault.readPim(sessionId, work)
    if (token) return token
    const failure = failures.get(sessionId)
    if (failure && performance.now() - failure.at < pauseAfter(failure.thrown)) throw failure.thrown
    return undefined
  }

  async function madeOrPaused(who: Who): Promise<string> {
    try {
      return (await vault.readPim(who.sessionId, work)) ?? (await made(who))
    } catch (thrown) {
      failures.set(who.sessionId, { at: performance.now(), thrown })
      throw thrown
    }
  }

  async function made({ identity, sessionId }: Who): Promise<string> {
    const tokens = await vault.read(sessionId)
    const askedAt = now()
    if (typeof tokens !== 'object' || !tokens.refreshToken) throw new Problem('sign-in-refused')
    const signedIn = await oidc
      .refresh(tokens.refreshToken, identity, { work })
      .catch(thrown => endingWhatIsOver(thrown, tokens))
    // Where another replica made newer tokens meanwhile, this token serves once and is not kept in place of theirs.
    if (await vault.replace(sessionId, tokens, signedIn.tokens)) await keep(sessionId, signedIn.tokens)
    return signedIn.tokens.accessToken

    /** Ends the session as a re-check does. A token refused for other reasons may be refused for these scopes only. */
    async function endingWhatIsOver(thrown: unknown, redeemed: Tokens): Promise<never> {
      const reason = overBy(thrown)
      if (reason && (await vault.holds(sessionId, redeemed))) {
        log.info({ event: 'session-over', oid: identity.objectId, reason, error: thrown })
        await sessions.destroy(sessionId, identity)
      }
      if (isRefusedAs(thrown, 'not-assigned'))
        await sessions.change(sessionId, found => atEachGate(found, gates, seen => notAssigned(seen, askedAt)))
      throw thrown
    }
  }

  const keep = (sessionId: string, tokens: Tokens) =>
    vault.keepPim(sessionId, tokens, { until: tokens.accessTokenExpiresAt - marginMs, now: now(), work })

  return { get, keep, drop: ({ sessionId }: Who, token: string) => vault.dropPim(sessionId, token, work) }
}

const pauseAfter = (thrown: unknown): number =>
  retryAfterMsOf(thrown) ?? (thrown instanceof Problem && isPassing(thrown) ? longPauseMs : pauseMs)

const isRefusedAs = (thrown: unknown, refusal: SignInRefusal): boolean =>
  isProblem(thrown, 'sign-in-refused') && signInRefusalOf(thrown) === refusal

/** A refusal of this token says as much of the account as that of a re-check. */
function notAssigned(found: GateRecord, provenAt: number): GateRecord {
  const membership = newerOf(found.membership, { member: false, provenAt, reason: 'not-assigned' })
  return { ...found, membership, ownProvenAt: Math.max(ownProvenAtOf(found), provenAt) }
}

function overBy(thrown: unknown): string | undefined {
  if (isProblem(thrown, 'other-person')) return thrown.code
  const refusal = isProblem(thrown, 'sign-in-refused') ? signInRefusalOf(thrown) : undefined
  return refusal && isOfTheAccount(refusal) ? refusal : undefined
}

export type PimToken = ReturnType<typeof createPimToken>
