import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto'
import type { Secret } from '../../config/secret.ts'
import { createSealingKeys } from './keys.ts'

/**
 * Why a sealed text stays shut. 'unknown-key': it was sealed with a secret that this process does not have, or in a format
 * of a later release. 'broken': it was damaged, forged or moved.
 */
export type Unopened = 'unknown-key' | 'broken'

const format = '1'
const ivBytes = 12
const tagBytes = 16

/**
 * Seals texts with AES-256-GCM under a key made from SESSION_SECRET. Each text is bound to the place where it is kept (its
 * Redis key, its cookie's name), so that a stranger who can write there can neither read nor move it. The first secret
 * seals, all secrets open: secrets can be changed without a sign-out.
 * Shape: `format.keyId.base64url(iv, ciphertext, tag)`.
 */
export function createSeal(secrets: readonly [Secret, ...Secret[]], options: { settleMs?: number } = {}) {
  const { keys, signing, clientStates, renew } = createSealingKeys(secrets, options)

  return {
    signing,
    clientStates,
    renew,

    /** Seals a text for this place. */
    close(text: string, place: string): string {
      const [{ id, key }] = keys
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(bound(id, place))
      const body = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${format}.${id}.${body.toString('base64url')}`
    },

    /** Opens a text that was sealed for this place. */
    open(sealed: string, place: string): { text: string } | Unopened {
      const [version, id = '', body = '', ...rest] = sealed.split('.')
      if (!/^\d{1,3}$/.test(version ?? '') || rest.length > 0 || body === '') return 'broken'
      const found = keys.find(key => key.id === id)
      if (version !== format || !found) return 'unknown-key'
      const bytes = Buffer.from(body, 'base64url')
      // Decoding overlooks stray characters, but each body has one way to be written.
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

/** Stands for a secret text wherever that text must be named: in a form, in a key, in a cookie's name. Always 22 characters. */
export const fingerprint = (text: string): string => hash('sha256', text, 'base64url').slice(0, 22)
