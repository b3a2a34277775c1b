import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, inject } from 'vitest'
import type { AuditRecord } from '../../../src/audit/trail.ts'
import { createLog } from '../../../src/observability.ts'
import { createLedger } from '../../../src/session/ledger/ledger.ts'
import { trailKeys } from '../../../src/session/ledger/trail-keys.ts'
import type { Redis as OurRedis } from '../../../src/session/redis/redis.ts'

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
      /** One more replica. `over`: another client than one of its own. */
      replica(over?: OurRedis) {
        const client = over ?? new Redis(inject('redisUrl'))
        if (client instanceof Redis) clients.push(client)
        const logged: Record<string, unknown>[] = []
        const log = createLog({ level: 'silent', to: { write: line => void logged.push(JSON.parse(line)) } })
        return Object.assign(createLedger({ redis: client, prefix, mark, log }), { logged })
      },
      /** The stored bytes, oldest first. */
      stored: async () => (await redis.xrange(keys.records, '-', '+')).map(([, [, bytes = '']]) => bytes),
    }
  }
  return { redis, openTrail }
}

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
