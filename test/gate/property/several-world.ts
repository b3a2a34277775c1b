import { createRecheck } from '../../../src/gate/asking/recheck.ts'
import { type Decision, decide } from '../../../src/gate/decide.ts'
import { createMembershipProof } from '../../../src/gate/membership-proof.ts'
import { createAnnouncements } from '../../../src/gate/news/announcements.ts'
import type { News } from '../../../src/gate/news/news.ts'
import { membershipIn } from '../../../src/gate/news/roster.ts'
import { createOneGate } from '../../../src/gate/one-gate.ts'
import { createEnding } from '../../../src/pim/ending.ts'
import { createOwnPlan } from '../../../src/pim/reading/own-plan.ts'
import { atGate } from '../../../src/session/record/at-gate.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'
import { createKnownPlans } from '../../../src/session/replicas/known-plans.ts'
import { sessionsIn } from './in-memory.ts'
import type { GateName, History, Step } from './several-history.ts'
import { createMicrosoft, identity, me } from './several-microsoft.ts'

const recheckMs = 60_000
const graceMs = 300_000
/** Whatever else makes the house ask Entra about a session. No answer proves anything for it, so it asks each time. */
const elsewhere = 'elsewhere'
const quiet = { info() {}, warn() {}, error() {}, child: () => quiet } as never

/** What became of a visit. `knownEnd`: the end that was known before, if it was the true one and had come (epoch ms). */
export type Seen = { decision: Decision; knownEnd: number | undefined }
/** A token that was redeemed for a session, on a replica. */
export type Redeemed = { browser: string; replica: number }
export type World = ReturnType<typeof createWorld>

/**
 * One person at these gates, with two sessions on two replicas whose clocks differ, over one shared memory. All that
 * decides is real; Microsoft and Redis are made up.
 */
export function createWorld(gates: readonly GateName[], terms: Omit<History, 'steps'>) {
  const { skewsMs, hasRoster } = terms
  const { time, away, settings, placeAt, tokenNow, graph } = createMicrosoft(gates, terms)
  const records = new Map<string, SessionRecord>()
  const pauses = new Map<string, number>()
  const redeemed: Redeemed[] = []

  const sessions = sessionsIn(records)
  const leases = {
    hold: async <T>(_name: string, _ms: number, work: () => Promise<T>) => ({
      held: true as const,
      value: await work(),
    }),
    released: async () => {},
    pause: async (name: string, ms: number) => void pauses.set(name, time.now + ms),
    isPaused: async (name: string) => (pauses.get(name) ?? 0) > time.now,
  }

  function replicaAt(skewMs: number, replica: number) {
    const now = () => time.now + skewMs
    const clock = () => new Date(now())
    const config = { membership: { recheckMs, graceMs, roster: hasRoster, rosterMs: 15_000, notifications: true } }
    const heard = new Map(
      gates.map(name => {
        const { board, list } = placeAt(name)
        return [name, createAnnouncements({ clock, board: board as never, onHeard: () => list(now()) })]
      }),
    )
    const proof = createMembershipProof({ graph, gates: settings })
    type Needs = Parameters<typeof createRecheck>[0]
    const refresh = async (browser: string) => {
      redeemed.push({ browser, replica })
      return tokenNow()
    }
    const recheck = createRecheck({
      clock,
      oidc: { refresh } as unknown as Needs['oidc'],
      vault: {
        read: async (id: string) => ({ refreshToken: id }),
        replace: async () => {},
      } as unknown as Needs['vault'],
      sessions: sessions as unknown as Needs['sessions'],
      leases,
      proof,
      gates: [
        ...gates.map(name => {
          const { announcedAt: staleBefore, heardAt } = heard.get(name) as NonNullable<ReturnType<typeof heard.get>>
          return { name, staleBefore, heardAt }
        }),
        { name: elsewhere },
      ],
      log: quiet,
    })

    function gateOf(own: (typeof settings)[number]) {
      const place = placeAt(own.name)
      const { hear, announce, announcedAt, heardAt } = heard.get(own.name) as NonNullable<ReturnType<typeof heard.get>>
      const news = {
        source: {
          membershipOf: (id: string) => (hasRoster ? membershipIn(place.roster(), id, now()) : 'unknown'),
          renew: async () => place.list(now()),
        },
        staleBefore: announcedAt,
        heardAt,
      } as unknown as News
      const knownPlans = createKnownPlans({ notes: place.notes, clock })
      const gate = createOneGate({
        settings: own,
        news,
        recheck: recheck(own.name),
        stores: { knownPlans },
        sessions: sessions as never,
        graph,
        planToken: { get: async () => 'token' },
        config: config as never,
        clock,
        log: quiet,
      })
      const activations = { read: async () => undefined } as never
      const end = createEnding({
        clock,
        pim: {
          spans: gate.pim?.spans,
          requests: async () => [],
          deactivate: async () => {
            const ending = place.spans() && place.running()
            if (ending) ending.endedAt = time.now
            return { id: 'r', status: 'revoked' }
          },
        } as never,
        asPerson: (_who, call) => call('token'),
        activations,
        sessions: gate.sessions,
        ownPlan: createOwnPlan({ clock, activations, sessions: gate.sessions, knownPlans }),
        acts: async (_who, _about, work, settled = async () => {}) => {
          const outcome = await work()
          await settled(outcome)
          return outcome
        },
        look: async (_who, wish) => wish,
        findOut: async () => ({ open: [], hasEnded: false }),
      })
      return { ...gate, knownPlans, hear, announce, end }
    }
    return { now, clock, proof, recheck, gates: new Map(settings.map(own => [own.name, gateOf(own)])) }
  }
  const replicas = skewsMs.map(replicaAt)
  const replicaOf = (index: number) => replicas[index] as (typeof replicas)[number]
  const gateOn = (replica: number, name: GateName) =>
    replicaOf(replica).gates.get(name) as NonNullable<ReturnType<(typeof replicas)[number]['gates']['get']>>

  async function signIn(browser: string, replica: number): Promise<void> {
    if (away.has('entra')) return
    const { now, clock, proof, gates: all } = replicaOf(replica)
    const { memberships } = await proof(tokenNow(), clock())
    const known: SessionRecord['gates'][string][] = await Promise.all(
      gates.map(async name => {
        const plan = await all.get(name)?.knownPlans.read(identity)
        return { membership: memberships[name] ?? 'unknown', ...(plan && { plan }) }
      }),
    )
    records.set(browser, {
      identity,
      gates: Object.fromEntries(gates.map((name, index) => [name, known[index] as (typeof known)[number]])),
      contexts: {},
      signedInAt: now(),
      lastSeenAt: now(),
      browser: '',
    })
  }

  /**
   * The end of the last period that is known to a session, if it is the true one and has come by the clock of the replica.
   * A plan that the session has from an earlier period, with a later end, keeps it from looking for a newer one.
   */
  async function knownEnd(name: GateName, browser: string, replica: number): Promise<number | undefined> {
    const { periods, roster } = placeAt(name)
    const last = periods.at(-1)
    if (!last) return undefined
    const now = replicaOf(replica).now()
    const end = last.endedAt ?? last.until
    const own = records.get(browser)?.gates[name]?.plan
    const { until, endedAt = 0 } = (await gateOn(replica, name).knownPlans.latest(identity)) ?? {}
    if (last.endedAt !== undefined) return endedAt === until && endedAt >= last.from ? end : undefined
    const isKnown = [roster()?.members[me]?.until, (own?.until ?? 0) <= now ? until : undefined].includes(end)
    return isKnown && end <= now ? end : undefined
  }

  async function visit(name: GateName, browser: string, replica: number): Promise<Seen | undefined> {
    const before = records.get(browser)
    if (!before) return undefined
    const { hear, standingOf } = gateOn(replica, name)
    await hear()
    const known = placeAt(name).isActive(time.now) ? undefined : await knownEnd(name, browser, replica)
    const standing = await standingOf(browser, atGate(before, name))
    const { identity: who, contexts = {} } = standing?.record ?? {}
    const now = replicaOf(replica).now()
    const facts = { identity: who, membership: standing?.membership ?? ('unknown' as const), contexts, now }
    const decision = decide({ ...facts, trustedMs: recheckMs + graceMs }, { audience: name })
    return { decision, knownEnd: known }
  }

  return {
    redeemed,
    /** Lets a step happen, and says what a visit saw. A step at a gate that this world does not have only passes time. */
    async live(step: Step): Promise<Seen | undefined> {
      time.now = time.start + step.at
      if ('gate' in step && !gates.includes(step.gate)) return undefined
      switch (step.what) {
        case 'visit':
          return visit(step.gate, step.browser, step.replica)
        case 'begin':
          if (!placeAt(step.gate).running())
            placeAt(step.gate).periods.push({ from: time.now, until: time.start + step.until })
          return undefined
        case 'extend': {
          const period = placeAt(step.gate).running()
          if (period) period.until += step.byMs
          return undefined
        }
        case 'end here':
          if (records.has(step.browser))
            await gateOn(step.replica, step.gate).end({ identity, sessionId: step.browser })
          return undefined
        case 'remove': {
          const period = placeAt(step.gate).running()
          if (period) period.endedAt = time.now
          return undefined
        }
        case 'list':
          placeAt(step.gate).list(replicaOf(step.replica).now())
          return undefined
        case 'announce':
          await gateOn(step.replica, step.gate).announce()
          return undefined
        case 'sign in':
          await signIn(step.browser, step.replica)
          return undefined
        case 'fail':
          away.add(step.source)
          return undefined
        case 'mend':
          away.delete(step.source)
          return undefined
        default:
          throw new Error('no such step', { cause: step satisfies never })
      }
    },
    /** Redeems a session's token for a gate that this world does not have. */
    async redeemElsewhere({ browser, replica }: Redeemed): Promise<void> {
      await replicaOf(replica).recheck(elsewhere)(browser, 0)
    },
    /** For the words about a finding. */
    facts: (gate: GateName) => ({
      periods: placeAt(gate).periods,
      sessions: [...records].map(([, { ownProvenAt, gates: known }]) => ({ ownProvenAt, ...known[gate] })),
    }),
  }
}
