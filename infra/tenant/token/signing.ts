import { createSecretKey } from 'node:crypto'
import { CompactSign } from 'jose'
import type { TenantState } from '../state.ts'
import type { Lie } from '../switches/lies.ts'
import { createCredentials } from './credentials.ts'
import { unpublishedKid } from './keys.ts'

type Claims = Record<string, unknown>

/** Signs the claims as the switches say, with the lies given. */
export async function sign(state: TenantState, truth: Claims, lie: Lie): Promise<string> {
  const claims = distort(truth, lie)
  const token = lie.alg === 'none' ? unsigned(claims) : await signed(state, claims, lie)
  return lie.badSignature ? spoil(token) : token
}

function distort(truth: Claims, lie: Lie): Claims {
  const { on: _on, alg: _alg, badSignature: _badSignature, typ: _typ, omit = [], extra = {}, ...changed } = lie
  const claims = { ...truth, ...changed, ...extra }
  return Object.fromEntries(
    Object.entries(claims).filter(([name, value]) => value !== undefined && !omit.includes(name)),
  )
}

async function signed(
  { switches, keys, applications, clock }: TenantState,
  claims: Claims,
  { alg: lied, typ = 'JWT' }: Lie,
): Promise<string> {
  const secretOf = ({ aud }: Claims) =>
    createCredentials({ applications, clock, clientId: String(aud) }).secrets[0]?.value ?? ''
  const key = keys.published[switches.signWith]
  if (!key) throw new Error(`switch signWith: there is no key ${switches.signWith}`)
  const alg: string = lied ?? 'RS256'
  const kid = switches.unknownKid ? unpublishedKid() : key.kid
  const secret = alg === 'HS256' ? createSecretKey(secretOf(claims), 'utf8') : key.privateKey
  const header = { ...(typ !== null && { typ: typ as string }), alg, kid }
  return new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader(header).sign(secret)
}

function unsigned(claims: Claims): string {
  return `${encoded({ typ: 'JWT', alg: 'none' })}.${encoded(claims)}.`
}

// The first character of the signature: the last one carries bits that decoding drops.
function spoil(token: string): string {
  const at = token.lastIndexOf('.') + 1
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
