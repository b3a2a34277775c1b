import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import type { Secret } from '../config/secret.ts'

/**
 * Why something sealed stays shut: sealed with a secret that this process does not have (or in a format of a later
 * release), or damaged, forged or moved.
 */
export type Unopened = 'unknown-key' | 'broken'

const format = '1'
const ivBytes = 12
const tagBytes = 16

type Key = { id: string; key: Buffer; signing: string; hook: string }

/**
 * Seals text with AES-256-GCM under a key made from SESSION_SECRET, bound to the place where it is kept (its Redis key,
 * its cookie's name), so that nothing sealed can be read or moved by whoever can write there.
 * The first secret seals, all open: secrets can be changed without a sign-out.
 * Shape: `format.keyId.base64url(iv, ciphertext, tag)`.
 */
export function createSeal(secrets: readonly [Secret, ...Secret[]]) {
  const keys = secrets.map(keyOf) as [Key, ...Key[]]
  return {
    /** Secrets for signing cookies: derived, so a signature tells nothing about the sealing keys. */
    signing: keys.map(({ signing }) => signing),

    /** What notifications must carry to be believed: made from each secret, the first one's is given out. */
    clientStates: keys.map(({ hook }) => hook) as [string, ...string[]],

    close(text: string, place: string): string {
      const [{ id, key }] = keys
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(bound(id, place))
      const body = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${format}.${id}.${body.toString('base64url')}`
    },

    open(sealed: string, place: string): { text: string } | Unopened {
      const [version, id = '', body = '', ...rest] = sealed.split('.')
      if (!/^\d{1,3}$/.test(version ?? '') || rest.length > 0 || body === '') return 'broken'
      const found = keys.find(key => key.id === id)
      if (version !== format || !found) return 'unknown-key'
      const bytes = Buffer.from(body, 'base64url')
      // Decoding overlooks stray characters; one text has one way to be written.
      if (bytes.length < ivBytes + tagBytes || bytes.toString('base64url') !== body) return 'broken'
      const cipher = createDecipheriv('aes-256-gcm', found.key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
      cipher.setAAD(bound(id, place)).setAuthTag(bytes.subarray(-tagBytes))
      try {
        return { text: cipher.update(bytes.subarray(ivBytes, -tagBytes), undefined, 'utf8') + cipher.final('utf8') }
      } catch {
        return 'broken'
      }
    },
  }
}
export type Seal = ReturnType<typeof createSeal>

const bound = (id: string, place: string) => Buffer.from(`${format}.${id}.${place}`)

function keyOf(secret: Secret): Key {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', secret.reveal(), '', `gatehouse ${purpose}`, 32))
  return {
    id: derive('key id').toString('base64url').slice(0, 8),
    key: derive('seal'),
    signing: derive('cookie signature').toString('base64url'),
    hook: derive('notification').toString('base64url'),
  }
}

/** A stand-in for something secret, where it must be named: in a form, in a key, in a cookie's name. */
export const fingerprint = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22)
