import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto'
import type { Secret } from '../../config/secret.ts'

/**
 * Why something sealed stays shut: sealed with a secret that this process does not have (or in a format of a later
 * release), or damaged, forged or moved.
 */
export type Unopened = 'unknown-key' | 'broken'

const format = '1'
const ivBytes = 12
const tagBytes = 16

type Key = { id: string; key: Buffer; signing: string; hook: string }

/** A secret file reaches one replica later than another; Kubernetes takes up to a minute and a half. */
const usualSettleMs = 120_000

/**
 * Seals text with AES-256-GCM under a key made from SESSION_SECRET, bound to the place where it is kept (its Redis key,
 * its cookie's name), so that nothing sealed can be read or moved by whoever can write there.
 * The first secret seals, all open: secrets can be changed without a sign-out.
 * `hooksAbout` is the mark of what notifications are about: those of another installation are not taken for ours.
 * Shape: `format.keyId.base64url(iv, ciphertext, tag)`.
 */
export function createSeal(
  secrets: readonly [Secret, ...Secret[]],
  { settleMs = usualSettleMs, hooksAbout = '' } = {},
) {
  const keysOf = (given: readonly Secret[]) => given.map(secret => keyOf(secret, hooksAbout)) as [Key, ...Key[]]
  const keys = keysOf(secrets)
  const signing = keys.map(each => each.signing)
  const clientStates = keys.map(({ hook }) => hook) as [string, ...string[]]
  /** When keys came that were not there at the start, by their id. */
  const cameAt = new Map<string, number>()
  let settling: NodeJS.Timeout | undefined

  /** In place: whoever was given these lists has the new ones at once. */
  function use(next: readonly Key[]): void {
    keys.splice(0, keys.length, ...next)
    signing.splice(0, signing.length, ...next.map(each => each.signing))
    clientStates.splice(0, clientStates.length, ...next.map(({ hook }) => hook))
  }

  return {
    /** Secrets for signing cookies: derived, so a signature tells nothing about the sealing keys. */
    signing,

    /** What notifications must carry to be believed: made from each secret, the first one's is given out. */
    clientStates,

    /**
     * Takes other secrets while running. A new first one opens and verifies at once, but seals and signs only when it
     * has been there for a while: until then another replica may not have it. Unless the one in use is gone: then at once.
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

function keyOf(secret: Secret, hooksAbout: string): Key {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', secret.reveal(), '', `gatehouse ${purpose}`, 32))
  return {
    id: derive('key id').toString('base64url').slice(0, 8),
    key: derive('seal'),
    signing: derive('cookie signature').toString('base64url'),
    hook: derive(`notification ${hooksAbout}`.trim()).toString('base64url'),
  }
}

/** A stand-in for something secret, where it must be named: in a form, in a key, in a cookie's name. */
export const fingerprint = (text: string): string => hash('sha256', text, 'base64url').slice(0, 22)
