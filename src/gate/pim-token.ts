import type { Clock } from '../clock.ts'
import type { Identity } from '../entra/claims.ts'
import type { Oidc, Tokens } from '../entra/oidc.ts'
import { Problem } from '../errors.ts'
import type { Leases } from '../session/lease.ts'
import type { Vault } from '../session/vault.ts'
import { refreshLease, refreshLeaseMs } from './recheck.ts'

/** Whose acts these are: the identity of a session, and the session whose tokens they are done with. */
export type Who = { identity: Identity; sessionId: string }

const marginMs = 60_000
const waitStepMs = 100
const longestWaitMs = 5_500

/**
 * The person's own token for PIM, made from their refresh token where there is none that still counts. Nobody else's
 * token is ever used for a person's acts.
 *
 * Throws Problem: 'sign-in-refused' (among others: consent is missing), 'entra-unreachable', 'session-over',
 * 'redis-away'.
 */
export function createPimToken({
  clock,
  oidc,
  vault,
  leases,
}: {
  clock: Clock
  oidc: Oidc
  vault: Vault
  leases: Leases
}) {
  const now = () => clock().getTime()

  async function get(who: Who): Promise<string> {
    const end = performance.now() + longestWaitMs
    while (performance.now() < end) {
      const kept = await vault.readPim(who.sessionId)
      if (kept) return kept
      // One refresh of a session at a time, whatever it is for: an older refresh token must not overwrite a newer one.
      const turn = await leases.hold(refreshLease(who.sessionId), refreshLeaseMs, () => made(who))
      if (turn.held) return turn.value
      await new Promise(resolve => setTimeout(resolve, waitStepMs))
    }
    throw new Problem('entra-unreachable')
  }

  async function made({ identity, sessionId }: Who): Promise<string> {
    const tokens = await vault.read(sessionId)
    if (typeof tokens !== 'object' || !tokens.refreshToken) throw new Problem('sign-in-refused')
    const signedIn = await oidc.refresh(tokens.refreshToken, identity, {})
    await vault.replace(sessionId, signedIn.tokens)
    await keep(sessionId, signedIn.tokens)
    return signedIn.tokens.accessToken
  }

  const keep = (sessionId: string, tokens: Tokens) =>
    vault.keepPim(sessionId, tokens, tokens.accessTokenExpiresAt - now() - marginMs)

  return { get, keep, drop: ({ sessionId }: Who) => vault.dropPim(sessionId) }
}
export type PimToken = ReturnType<typeof createPimToken>
