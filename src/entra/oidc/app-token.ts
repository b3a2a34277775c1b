import type { Clock } from '../../clock.ts'
import type { Oidc } from './oidc.ts'

const marginMs = 60_000

/**
 * The application's own token for Graph, kept until a minute before it expires. `get` throws
 * Problem('entra-unreachable') or Problem('sign-in-misconfigured').
 */
export function createAppToken({
  oidc,
  clock,
  graphBaseUrl,
}: {
  oidc: Pick<Oidc, 'graphToken'>
  clock: Clock
  graphBaseUrl: string
}) {
  let kept: { token: string; expiresAt: number } | undefined
  return {
    /** `new`: asks Entra for another token now. While Entra does not answer, the kept token stays good for other callers. */
    async get({ age }: { age?: 'any' | 'new' } = {}): Promise<string> {
      if (age === 'new' || !kept || clock().getTime() > kept.expiresAt - marginMs)
        kept = await oidc.graphToken(new URL(graphBaseUrl).origin)
      return kept.token
    },
    /** Forgets the token, because Graph refused it. */
    drop(): void {
      kept = undefined
    },
  }
}
export type AppToken = ReturnType<typeof createAppToken>
