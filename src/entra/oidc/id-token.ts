import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Problem } from '../../errors.ts'
import { ClaimError } from '../claims.ts'

const headerShape = z.object({ typ: z.string().optional() })
const hashesShape = z.object({ at_hash: z.string().optional(), c_hash: z.string().optional() })

/** The access token and the code that belong to an ID token. A refreshed token has no code. */
type CameWith = { accessToken: string; code?: string | undefined }

/**
 * Asserts that a verified token is an ID token, and belongs to the access token and the code that it came with. The
 * signature alone does not say so: Entra signs access tokens, logout tokens and others with the same keys. Entra leaves
 * both hashes out in the code flow; a hash that is there must hold.
 *
 * Throws Problem('sign-in-not-proven').
 * Source: https://www.rfc-editor.org/rfc/rfc8725#section-3.11, https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken
 */
export function assertIdToken(idToken: string, { accessToken, code }: CameWith): void {
  const [header = '', claims = ''] = idToken.split('.')
  const typ = headerShape.safeParse(decoded(header)).data
  if (!typ || !isIdTokenType(typ.typ)) throw notProven('typ')
  const hashes = hashesShape.safeParse(decoded(claims))
  if (!hashes.data) throw notProven(String(hashes.error.issues[0]?.path[0]))
  const { at_hash, c_hash } = hashes.data
  if (at_hash !== undefined && at_hash !== halfHash(accessToken)) throw notProven('at_hash')
  if (c_hash !== undefined && code !== undefined && c_hash !== halfHash(code)) throw notProven('c_hash')
}

/** The prefix "application/" is optional, and case does not matter. Source: RFC 7515, section 4.1.9. */
const isIdTokenType = (typ: string | undefined) => typ === undefined || /^(application\/)?jwt$/i.test(typ)

const notProven = (claim: string) => new Problem('sign-in-not-proven', { cause: new ClaimError(claim) })

/** The left half of SHA-256, because RS256 is the only algorithm that we accept. */
const halfHash = (text: string) => createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')

const decoded = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
