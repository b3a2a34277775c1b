import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, expect, inject } from 'vitest'
import type { AuditRecord } from '../../../src/audit/trail.ts'
import { leafHash } from '../../../src/audit/tree/hashes.ts'
import { isIncluded } from '../../../src/audit/tree/inclusion.ts'
import { Secret } from '../../../src/config/secret.ts'
import { createLog } from '../../../src/observability.ts'
import { createLedger, type Ledger } from '../../../src/session/ledger/ledger.ts'
import { trailKeys } from '../../../src/session/ledger/trail-keys.ts'
import type { Redis as OurRedis } from '../../../src/session/redis/redis.ts'
import { createLeases } from '../../../src/session/replicas/lease.ts'

type ReplicaOptions = {
  /** Another client of Redis than one of its own. */
  over?: OurRedis
  keys?: readonly Secret[]
  keepDays?: number
  level?: string
}

/** Trails for the tests of a file, and their own way into Redis. Everything is removed after the last test. */
export function trailsInRedis() {
  const redis = new Redis(inject('redisUrl'))
  const clients: Redis[] = [redis]
  const places: string[] = []
  afterAll(async () => {
    for (const prefix of places) {
      const keys = await redis.keys(`${prefix}*`)
      if (keys.length > 0) await redis.del(...keys)
    }
    for (const client of clients) client.disconnect()
  })

  /** A trail in a corner of Redis of its own, and as many replicas of it as a test opens. */
  function openTrail({ mark = 'app', prefix = `test-${randomUUID()}:` } = {}) {
    places.push(prefix)
    const keys = trailKeys({ prefix, mark })
    return {
      prefix,
      keys,
      /** One more replica. */
      replica({ over, keys: signingKeys = [], keepDays = 400, level = 'info' }: ReplicaOptions = {}) {
        const client = over ?? new Redis(inject('redisUrl'))
        if (client instanceof Redis) clients.push(client)
        const faults: string[] = []
        const leases = createLeases({ redis: client, prefix })
        const logged: Record<string, unknown>[] = []
        const log = createLog({ level, to: { write: line => void logged.push(JSON.parse(line)) } })
        const place = { redis: client, prefix, mark, log, leases, origin }
        const onFault = (fault: string) => void faults.push(fault)
        return Object.assign(createLedger({ ...place, signingKeys, keepDays, onFault }), { logged, faults })
      },
      /** The stored bytes, oldest first. */
      stored: async () => (await redis.xrange(keys.records, '-', '+')).map(([, [, bytes = '']]) => bytes),
    }
  }
  return { redis, openTrail }
}

/** Looks until the newest checkpoint covers everything. */
export async function covered(ledger: Pick<Ledger, 'look' | 'checkpoint' | 'size'>) {
  for (let looks = 0; looks < 10; looks++) {
    await ledger.look()
    const checkpoint = await ledger.checkpoint()
    if (checkpoint.size === (await ledger.size())) return checkpoint
  }
  throw new Error('not covered')
}

/** Expects that the records that are there are proven by the checkpoint that is there. */
export async function expectProven(
  trail: { stored: () => Promise<string[]> },
  ledger: Pick<Ledger, 'look' | 'checkpoint' | 'size' | 'proofOf'>,
): Promise<void> {
  const { size, root } = await covered(ledger)
  for (const bytes of await trail.stored()) {
    const index = JSON.parse(bytes).seq
    const proof = await ledger.proofOf(index, size)
    expect([index, isIncluded({ leaf: leafHash(bytes), index, size, proof }, root)]).toEqual([index, true])
  }
}

export const newSigningKey = () =>
  new Secret(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())

/** The lines of a replica's log of this event. */
export const linesOf = ({ logged }: { logged: readonly Record<string, unknown>[] }, event: string) =>
  logged.filter(line => line.event === event)

export const origin = 'admin.example.com/trail'
export const ada = { objectId: 'oid-ada', name: 'Ada Lovelace', username: 'ada@contoso.example' }
export const record = (more: Partial<AuditRecord> = {}): AuditRecord => ({
  event: 'activationRequested',
  gate: 'members',
  act: 'act-1',
  actor: ada,
  reason: 'Refund 8841 for a customer',
  minutes: 60,
  ...more,
})
