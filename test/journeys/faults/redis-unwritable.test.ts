import { describe, expect } from 'vitest'
import { startRedis } from '../../support/machine.ts'
import { openOver } from '../../support/redis/own-redis.ts'
import { testIn } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

type Config = [name: string, value: string]

/** What Redis can be made to say to every write, while it answers reads, and how that is mended. */
const faults: [word: string, broken: Config, mended: Config][] = [
  ['OOM', ['maxmemory', '1'], ['maxmemory', '0']],
  ['NOREPLICAS', ['min-replicas-to-write', '3'], ['min-replicas-to-write', '0']],
]
const houses: [what: string, settings: Record<string, string>][] = [
  ['neither the roster nor self-service', {}],
  ['the roster', { MEMBERSHIP_ROSTER: 'on' }],
  ['self-service', { PIM_SELF_SERVICE: 'on' }],
  ['both', { MEMBERSHIP_ROSTER: 'on', PIM_SELF_SERVICE: 'on' }],
]

for (const [parts, settings] of houses) {
  const test = testIn(async () =>
    openOver(await startRedis({ args: ['--maxmemory-policy', 'noeviction'] }), { settings }),
  )

  describe(`with ${parts}, while Redis takes no writes`, () => {
    let alice: Visitor
    test.beforeEach(async ({ house }) => {
      house.tenant.reset()
      house.tenant.end('alice')
      house.tenant.assign('alice', { minutes: 400, reason: 'Refund 8841' })
      alice = await house.visitor('alice')
      expect((await alice.get('/')).status).toBe(200)
    })

    test.for(faults)(
      '(%s) a member stays in for the grace, and then nobody can tell',
      async ([_word, broken, mended], { house }) => {
        await house.redis.config('SET', ...broken)
        try {
          const met: unknown[] = []
          for (const seconds of [50, 15, 60, 230, 10]) {
            house.clock.advance({ seconds })
            met.push((await alice.get('/')).status)
          }
          expect(met).toEqual([200, 200, 200, 200, 503])
        } finally {
          await house.redis.config('SET', ...mended)
        }
        await expect.poll(async () => (await alice.get('/')).status, { timeout: 10_000 }).toBe(200)
      },
    )
  })
}
