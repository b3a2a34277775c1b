import { randomBytes } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import { watchOver } from './redis.ts'
import type { World } from './world.ts'

export type Drill = {
  name: string
  /** Whether 503 with Retry-After may come of it. */
  mayRefuse: boolean
  /** Whether Entra can be asked meanwhile: then a removal is learned of as on any day. */
  isEntraThere: boolean
  /** Before it: what has to stand. */
  prepare?(world: World): Promise<void>
  /** Breaks something, and mends it. Returns when it was mended (epoch ms; none: now), and what shows that it was felt. */
  run(world: World): Promise<{ mendedAt?: number; felt(refused: number): string | false }>
}
/** Drills that share a world, in order. */
export type Group = { settings: Record<string, string>; drills: readonly Drill[] }

const refusals = { felt: (refused: number) => refused > 0 && `${refused} × 503` }

/** How often all replicas logged an event from now on. */
function counting({ fleet }: World, event: string) {
  const before = fleet.count(event)
  const more = () => fleet.count(event) - before
  return {
    felt: () => more() > 0 && `${more()} × ${event}`,
    /** Resolves when there are so many. */
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
    // Of a master that does not answer: it serves what it has, and takes no writes.
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
    // Nothing is mended: the application has to find the new master by itself, and its time begins at the kill.
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
    // Whoever signs in while some replicas know of it and some do not is known to all.
    while (taken.felt() === false) await after(20)
    await world.admit(6)
    await taken.reach(fleet.ports.length)
    await world.admit(6)
    // In the long run until the new one signs; in the short one that comes with the replicas that are started next.
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
    // Nobody new is kept out either.
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

/** With the roster, as it knows ends; and without, where every membership is proven by a refresh token. */
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
