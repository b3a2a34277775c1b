import { hkdfSync } from 'node:crypto'
import type { Secret } from '../../config/secret.ts'

/** The keys that are made from one secret. The id names them beside everything that they seal. */
type Key = { id: string; key: Buffer; signing: string; hook: (about: string) => string }

/** A secret file reaches one replica later than another; Kubernetes takes up to a minute and a half. */
const usualSettleMs = 120_000

/**
 * The keys that are made from the session secrets: the first is in use, the others only open and verify.
 */
export function createSealingKeys(secrets: readonly [Secret, ...Secret[]], { settleMs = usualSettleMs } = {}) {
  const keysFrom = (given: readonly Secret[]) => given.map(keyFrom) as [Key, ...Key[]]
  const keys = keysFrom(secrets)
  const signing = keys.map(each => each.signing)
  /** When keys came that were not there at the start, by their ids; by the clock of `performance.now()`. */
  const cameAt = new Map<string, number>()
  let settling: NodeJS.Timeout | undefined

  /** In place: every part that was given these lists has the new entries at once. */
  function use(next: readonly Key[]): void {
    keys.splice(0, keys.length, ...next)
    signing.splice(0, signing.length, ...next.map(each => each.signing))
  }

  return {
    /** The first seals. */
    keys: keys as readonly [Key, ...Key[]],

    /** The secrets that sign cookies. They are derived, so a signature tells nothing about the sealing keys. */
    signing,

    /**
     * A notification about the group of this mark must carry one of these to be believed: notifications of another group,
     * or for another installation, are not taken for it. One is made from each secret; the first is given out.
     */
    clientStates: (about = ''): [string, ...string[]] => keys.map(({ hook }) => hook(about)) as [string, ...string[]],

    /**
     * Takes other secrets while running. A new first secret opens and verifies at once. It seals and signs only when it has
     * been there for a while, because until then another replica may not have it. Where the secret in use is gone, the new
     * one seals and signs at once.
     */
    renew(secrets: readonly [Secret, ...Secret[]]): void {
      clearTimeout(settling)
      const next = keysFrom(secrets)
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
  }
}

function keyFrom(secret: Secret): Key {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', secret.reveal(), '', `gatehouse ${purpose}`, 32))
  return {
    id: derive('key id').toString('base64url').slice(0, 8),
    key: derive('seal'),
    signing: derive('cookie signature').toString('base64url'),
    hook: about => derive(`notification ${about}`.trim()).toString('base64url'),
  }
}
