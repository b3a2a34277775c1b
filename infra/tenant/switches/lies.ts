import * as z from 'zod'

/** What a lying tenant says in an ID token: for testing that a client does not believe it. */
export const lie = z.strictObject({
  /** Which redemption is answered with lies; left out: both. */
  on: z.enum(['code', 'refresh', 'both']).optional(),
  alg: z.enum(['none', 'HS256', 'PS256']).optional(),
  badSignature: z.boolean().optional(),
  /** A value of the token's header; null leaves it out. */
  typ: z.unknown().optional(),
  iss: z.unknown().optional(),
  aud: z.unknown().optional(),
  azp: z.unknown().optional(),
  nonce: z.unknown().optional(),
  tid: z.unknown().optional(),
  oid: z.unknown().optional(),
  sub: z.unknown().optional(),
  exp: z.unknown().optional(),
  iat: z.unknown().optional(),
  nbf: z.unknown().optional(),
  groups: z.unknown().optional(),
  roles: z.unknown().optional(),
  omit: z.array(z.string()).optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
})

/** The lies of its discovery document. */
export const discoveryLie = z.strictObject({
  issuer: z.string().optional(),
  /** Origin to advertise for authorize, token, logout and keys instead of our own. */
  endpointsOrigin: z.string().optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
  omit: z.array(z.string()).optional(),
  status: z.number().int().min(200).max(599).optional(),
  invalidJson: z.boolean().optional(),
})

export type Lie = z.output<typeof lie>

/** The lies for this redemption. */
export function liesTold({ lie }: { lie: Lie }, { refreshed }: { refreshed: boolean }): Lie {
  const { on = 'both', ...lies } = lie
  return on === 'both' || (on === 'refresh') === refreshed ? lies : {}
}
