import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto'
import type { Secret } from '../../config/secret.ts'

/**
 * Why a sealed text stays shut. 'unknown-key': it was sealed with a secret that this process does not have, or in a format
 * of a later release. 'broken': it was damaged, forged or moved.
 */
export type Unopened = 'unknown-key' | 'broken'

const format = '1'
const ivBytes = 12
const tagBytes = 16

type Key = { id: string; key: Buffer; signing: string; hook: string }

/** A secret file reaches one replica later than another; Kubernetes takes up to a minute and a half. */
const usualSettleMs = 120_000

/**
 * Seals texts with AES-256-GCM under a key made from SESSION_SECRET. Each text is bound to the place where it is kept (its
 * Redis key, its cookie's name), so that a stranger who can write there can neither read nor move it. The first secret
 * seals, all secrets open: secrets can be changed without a sign-out. `hooksAbout` is the mark of the group that
 * notifications are about: notifications for another installation are not taken for ours.
 * Shape: `format.keyId.base64url(iv, ciphertext, tag)`.
 */
export function createSeal(
  secrets: readonly [Secret, ...Secret[]],
  { settleMs = usualSettleMs, hooksAbout = '' } = {},
) {
  const keysOf = (given: readonly Secret[]) => given.map(secret => keyFrom(secret, hooksAbout)) as [Key, ...Key[]]
  const keys = keysOf(secrets)
  const signing = keys.map(each => each.signing)
  const clientStates = keys.map(({ hook }) => hook) as [string, ...string[]]
  /** When keys came that were not there at the start, by their ids; by the clock of `performance.now()`. */
  const cameAt = new Map<string, number>()
  let settling: NodeJS.Timeout | undefined

  /** In place: every part that was given these lists has the new entries at once. */
  function use(next: readonly Key[]): void {
    keys.splice(0, keys.length, ...next)
    signing.splice(0, signing.length, ...next.map(each => each.signing))
    clientStates.splice(0, clientStates.length, ...next.map(({ hook }) => hook))
  }

  return {
    /** The secrets that sign cookies. They are derived, so a signature tells nothing about the sealing keys. */
    signing,

    /** A notification must carry one of these to be believed. One is made from each secret; the first is given out. */
    clientStates,

    /**
     * Takes other secrets while running. A new first secret opens and verifies at once. It seals and signs only when it has
     * been there for a while, because until then another replica may not have it. Where the secret in use is gone, the new
     * one seals and signs at once.
     */
    renew(secrets: readonly [Secret, ...Secret[]]): void {
      clearTimeout(settling)
      const next = keysOf(secrets)
      for (const { id } of next) if (!keys.some(key => key.id === id)) cameAt.set(id, performance.now())
      const inUse = next.find(({ id }) => id === keys[0].id)
      const left = (cameAt.get(next[0].id) ?? -Infinity) + settleMs - performance.now()
      if (!inUse || left <= 0) {
        use(next)
        return
      }
      use([inUse, ...next.filter(key => key !== inUse)])
      settling = setTimeout(use, left, next).unref()
    },

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

function keyFrom(secret: Secret, hooksAbout: string): Key {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', secret.reveal(), '', `gatehouse ${purpose}`, 32))
  return {
    id: derive('key id').toString('base64url').slice(0, 8),
    key: derive('seal'),
    signing: derive('cookie signature').toString('base64url'),
    hook: derive(`notification ${hooksAbout}`.trim()).toString('base64url'),
  }
}

/** Stands for a secret text wherever that text must be named: in a form, in a key, in a cookie's name. Always 22 characters. */
export const fingerprint = (text: string): string => hash('sha256', text, 'base64url').slice(0, 22)
