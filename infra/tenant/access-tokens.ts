import { parsed } from './parsed.ts'

/** The rights of an access token at Graph, fixed when the token was issued. */
export type GraphToken = {
  /** The person it was issued for; undefined for a token of the app itself. */
  person: string | undefined
  /** The client id of the app that asked for it. */
  client?: string
  permissions: ReadonlySet<string>
  /** The authentication contexts that were asked for and met when the token was issued. */
  contexts: ReadonlySet<string>
  /** How the person signed in. */
  methods: readonly string[]
  expires: Date
  /** Whether the app said that it understands claims challenges (`cp1`). */
  takesChallenges: boolean
}

/** The access tokens that Graph knows, by their value. To everybody else a token is opaque. */
export type GraphTokens = Map<string, GraphToken>

export function rememberToken(
  { clock, graphTokens }: { clock: () => Date; graphTokens: GraphTokens },
  value: string,
  { seconds, ...token }: Omit<GraphToken, 'expires'> & { seconds: number },
): void {
  graphTokens.set(value, { ...token, expires: new Date(clock().getTime() + seconds * 1000) })
}

/** Whether a `claims` parameter declares the capability `cp1`, in any case. */
export function declaresCp1(claims: string | null | undefined): boolean {
  const asked = parsed(claims) as { access_token?: { xms_cc?: { values?: unknown } } } | undefined
  const values = asked?.access_token?.xms_cc?.values
  return Array.isArray(values) && values.some(value => String(value).toLowerCase() === 'cp1')
}
