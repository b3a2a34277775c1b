import { createPublicKey, hash, type KeyObject } from 'node:crypto'
import { bytesOfBase64 } from './base64.ts'

/** Ed25519, as signed notes number the kinds of signatures. */
const ed25519Kind = Buffer.of(0x01)
const keyBytes = 32

/** A public key that signs notes under a name. `mark`: four bytes by which a signature says whose it is. */
export type NoteKey = { name: string; mark: Buffer; publicKey: KeyObject }

/** A name holds at least one character, no blank, no control character, no `+`. */
export const isNoteName = (name: string): boolean => /^[^\s\p{Cc}\p{Z}+]+$/u.test(name)

/**
 * The key under a name. Throws where the name is not one, or the key is not an Ed25519 key: whoever sets it up hears of it.
 * Source: https://c2sp.org/signed-note
 */
export function noteKeyOf(name: string, publicKey: KeyObject): NoteKey {
  if (!isNoteName(name)) throw new Error('the name of a note key holds no blank and no +, and is not empty')
  if (publicKey.asymmetricKeyType !== 'ed25519') throw new Error('a note key is an Ed25519 key')
  const mark = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), encodedKey(publicKey)]), 'buffer').subarray(0, 4)
  return { name, mark, publicKey }
}

/** The kind of the key and its 32 bytes. */
const encodedKey = (publicKey: KeyObject): Buffer =>
  Buffer.concat([ed25519Kind, Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')])

/** The key as one line that people copy: `NAME+8 HEX DIGITS+BASE64`. */
export const vkeyOf = ({ name, mark, publicKey }: NoteKey): string =>
  [name, mark.toString('hex'), encodedKey(publicKey).toString('base64')].join('+')

/** Reads what `vkeyOf` writes. Undefined for anything else, and where the digits are not those of this name and key. */
export function readVkey(vkey: string): NoteKey | undefined {
  const [, name, digits, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? []
  const bytes = bytesOfBase64(encoded ?? '')
  if (!name || !isNoteName(name) || bytes?.length !== 1 + keyBytes || bytes[0] !== ed25519Kind[0]) return undefined
  const x = bytes.subarray(1).toString('base64url')
  const key = noteKeyOf(name, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }))
  return key.mark.toString('hex') === digits ? key : undefined
}
