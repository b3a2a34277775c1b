import type { Clock } from '../../clock.ts'
import type { Oidc } from './oidc.ts'

const marginMs = 60_000

/** The application's own token for Graph, kept until shortly before it runs out. */
export function createAppToken({ oidc, clock, graphBaseUrl }: { oidc: Oidc; clock: Clock; graphBaseUrl: string }) {
  let kept: { token: string; expiresAt: number } | undefined
  return {
    /** `new`: asked for now; the one in hand stays good for others while Entra does not answer. */
    async get({ age = 'any' }: { age?: 'any' | 'new' } = {}): Promise<string> {
      if (age === 'new' || !kept || clock().getTime() > kept.expiresAt - marginMs)
        kept = await oidc.graphToken(new URL(graphBaseUrl).origin)
      return kept.token
    },
    /** After Graph refused it. */
    drop(): void {
      kept = undefined
    },
  }
}
export type AppToken = ReturnType<typeof createAppToken>
