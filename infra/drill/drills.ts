import { randomBytes } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import { watchOver } from './redis.ts'
import type { World } from './world.ts'

export type Drill = {
  name: string
  /** Whether the fault explains 503 with Retry-After. */
  mayRefuse: boolean
  /** Whether Entra still answers during the fault, so that a removal is noticed as on any day. */
  isEntraThere: boolean
  /** Prepares what the drill needs. */
  prepare?(world: World): Promise<void>
  /**
   * Breaks something and mends it. Returns when it was mended (epoch ms; absent: now), and the evidence that the fault
   * was felt.
   */
  run(world: World): Promise<{ mendedAt?: number; felt(refused: number): string | false }>
}
/** Drills that share a world, in order. */
export type Group = { settings: Record<string, string>; drills: readonly Drill[] }

const refusals = { felt: (refused: number) => refused > 0 && `${refused} × 503` }

/** Counts how often all replicas log an event from now on. */
function counting({ fleet }: World, event: string) {
  const before = fleet.count(event)
  const more = () => fleet.count(event) - before
  return {
    felt: () => more() > 0 && `${more()} × ${event}`,
    /** Resolves when the count reaches that number. */
    async reach(count: number): Promise<void> {
      while (more() < count) await after(50)
    },
  }
}

const redisRestart: Drill = {
  name: 'redis-restart',
  mayRefuse: true,
  isEntraThere: true,
  async run({ store, size }) {
    await store.kill()
    await after(size.redisDownMs)
    await store.startAgain()
    return refusals
  },
}

const redisReadOnly: Drill = {
  name: 'redis-read-only',
  mayRefuse: true,
  isEntraThere: true,
  async run(world) {
    const { store, size } = world
    const failed = counting(world, 'watch-failed')
    // A replica of a master that does not answer: it serves its data and takes no writes.
    await store.admin.replicaof('127.0.0.1', '1')
    await Promise.all([after(size.readOnlyMs), failed.reach(1)])
    await store.admin.call('REPLICAOF', 'NO', 'ONE')
    return failed
  },
}

const redisPause: Drill = {
  name: 'redis-pause',
  mayRefuse: true,
  isEntraThere: true,
  async run({ store, size }) {
    store.signal('SIGSTOP')
    await after(size.pauseMs)
    store.signal('SIGCONT')
    return refusals
  },
}

const graphStorm: Drill = {
  name: 'graph-429',
  mayRefuse: false,
  isEntraThere: true,
  async run(world) {
    const failed = counting(world, 'roster-failed')
    await world.tenant.set({ graphError: { what: '429', where: 'any', when: 'always', retryAfterSeconds: 5 } })
    await Promise.all([after(world.size.stormMs), failed.reach(1)])
    await world.tenant.set({ graphError: undefined })
    return failed
  },
}

const redisFailOver: Drill = {
  name: 'redis-fail-over',
  mayRefuse: true,
  isEntraThere: true,
  async prepare(world) {
    const sentinels = await watchOver(world.store)
    world.onClose(sentinels.stop)
    await world.fleet.change(sentinels.settings)
    failedOver.set(world, sentinels.failedOver)
  },
  async run(world) {
    const mendedAt = Date.now()
    await world.store.kill()
    await failedOver.get(world)?.()
    // The drill mends nothing: the application must find the new master by itself. Its time counts from the kill.
    return { mendedAt, ...refusals }
  },
}
const failedOver = new WeakMap<World, () => Promise<void>>()

const replicaKilled: Drill = {
  name: 'replica-killed',
  mayRefuse: false,
  isEntraThere: true,
  async run({ fleet, client, admit }) {
    await fleet.crash(0)
    while (!(await client.isReady(fleet.ports[0] as number))) await after(50)
    await admit(3)
    return { felt: () => '1 × SIGKILL' }
  },
}

const rollingDeploy: Drill = {
  name: 'rolling-deploy',
  mayRefuse: false,
  isEntraThere: true,
  async run({ fleet, client, admit }) {
    const isBack = async (port: number) => {
      while (!(await client.isReady(port))) await after(50)
      // Signing in crosses replicas of both kinds.
      await admit(3)
    }
    const codes = await fleet.roll(isBack)
    return { felt: () => codes.every(code => code === 0) && `${codes.length} × exit 0` }
  },
}

const sessionSecret: Drill = {
  name: 'session-secret',
  mayRefuse: false,
  isEntraThere: true,
  async run(world) {
    const { secrets, fleet, size } = world
    const taken = counting(world, 'secret-file-taken')
    secrets.set('session', `${randomBytes(36).toString('base64')},${secrets.read('session')}`)
    // A person who signs in while only some replicas know the new secret is known to all replicas.
    while (taken.felt() === false) await after(20)
    await world.admit(6)
    await taken.reach(fleet.ports.length)
    await world.admit(6)
    // The long run waits until the new secret signs. In the short run the replicas that start next bring it.
    await after(size.secretMs)
    if (size.secretMs > 0) await world.admit(6)
    return taken
  },
}

const clientSecret: Drill = {
  name: 'client-secret',
  mayRefuse: false,
  isEntraThere: true,
  async run(world) {
    const { tenant, secrets, fleet, size } = world
    const taken = counting(world, 'secret-file-taken')
    const refused = counting(world, 'client-secret-refused')
    const [first, second] = [secrets.read('client'), 'the-second-client-secret']
    await tenant.addSecret(second)
    secrets.set('client', `${first},${second}`)
    await taken.reach(fleet.ports.length)
    await tenant.expireSecret(first)
    await refused.reach(1)
    // New people can sign in, too.
    await world.admit(6)
    await after(size.calmMs)
    return refused
  },
}

const entraDown: Drill = {
  name: 'entra-down',
  mayRefuse: false,
  isEntraThere: false,
  async run(world) {
    const failed = counting(world, 'recheck-failed')
    await world.tenant.set({ down: true })
    await Promise.all([after(world.size.entraDownMs), failed.reach(1)])
    await world.tenant.set({ down: false })
    return failed
  },
}

/** The two worlds: with the roster, which knows ends; and without it, where a refresh token proves every membership. */
export const groups: readonly Group[] = [
  {
    settings: { MEMBERSHIP_ROSTER: 'on' },
    drills: [redisRestart, redisReadOnly, redisPause, graphStorm, redisFailOver],
  },
  {
    settings: { MEMBERSHIP_ROSTER: 'off' },
    drills: [entraDown, sessionSecret, replicaKilled, rollingDeploy, clientSecret],
  },
]
