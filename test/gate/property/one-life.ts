import type { GroupListing } from '../../../src/entra/graph/group-listing.ts'
import type { SignedIn } from '../../../src/entra/oidc/signed-in.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import type { Span } from '../../../src/entra/pim/standing.ts'
import { Problem } from '../../../src/errors.ts'
import { createPlanLearning } from '../../../src/gate/asking/plan-learning.ts'
import { createRecheck } from '../../../src/gate/asking/recheck.ts'
import { type Decision, decide } from '../../../src/gate/decide.ts'
import { createMembershipProof } from '../../../src/gate/membership-proof.ts'
import { membershipIn, type Roster, rosterFrom } from '../../../src/gate/news/roster.ts'
import { createStanding, type Standing } from '../../../src/gate/standing.ts'
import { createEnding } from '../../../src/pim/ending.ts'
import { createOwnPlan } from '../../../src/pim/reading/own-plan.ts'
import { createGateSessions } from '../../../src/session/gate-sessions.ts'
import { atGate } from '../../../src/session/record/at-gate.ts'
import type { Plan } from '../../../src/session/record/plan.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'
import { createKnownPlans } from '../../../src/session/replicas/known-plans.ts'
import { inMemory, sessionsIn } from './in-memory.ts'

export const recheckMs = 60_000
export const graceMs = 300_000
export const rosterMs = 15_000
const groupId = '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05'
const identity = {
  tenantId: groupId,
  objectId: 'a0000000-0000-4000-8000-000000000001',
  subject: 's',
  name: 'n',
  username: 'u',
}
const quiet = { info() {}, warn() {}, error() {} }

/** A period of access as PIM keeps it: `until` until somebody ends it at `endedAt`. Epoch ms of Microsoft's clock. */
type Period = { from: number; until: number; endedAt?: number }
export type Life = ReturnType<typeof createLife>
export type Seen = { decision: Decision; now: number }

/**
 * One person with several sessions on two replicas whose clocks differ, over one shared memory. The gate's own parts are
 * real; Entra, Graph and Redis are made up: tokens and lists lag behind PIM, and Entra and Graph can be away.
 */
export function createLife({
  start,
  skewsMs,
  tokenLagMs,
  listLagMs,
  hasRoster,
}: {
  start: number
  /** How far the clock of each replica is ahead of Microsoft's. */
  skewsMs: readonly number[]
  tokenLagMs: number
  listLagMs: number
  hasRoster: boolean
}) {
  const time = { now: start }
  const up = { entra: true, graph: true }
  const periods: Period[] = []
  const records = new Map<string, SessionRecord>()
  const pauses = new Map<string, number>()
  const notes = inMemory()
  let roster: Roster | undefined

  const endAsSeenAt = ({ until, endedAt }: Period, at: number) =>
    endedAt !== undefined && endedAt <= at ? Math.min(until, endedAt) : until
  const isActive = (at: number, seenAt = at) =>
    periods.some(period => period.from <= at && period.from <= seenAt && at < endAsSeenAt(period, seenAt))
  const spans = (): Span[] =>
    periods
      .filter(period => period.from <= time.now - listLagMs && endAsSeenAt(period, time.now - listLagMs) > time.now)
      .map(({ from, until }) => ({ from, until, kind: 'activated' }))
  const groupsNow = () => (isActive(time.now - tokenLagMs) ? [groupId] : [])

  const sessions = sessionsIn(records)
  const seen = createGateSessions(sessions, 'members')
  const seenIn = (id: string) => atGate(records.get(id) as SessionRecord, 'members')
  const leases = {
    hold: async <T>(_name: string, _ms: number, work: () => Promise<T>) => ({
      held: true as const,
      value: await work(),
    }),
    released: async () => {},
    pause: async (name: string, ms: number) => void pauses.set(name, time.now + ms),
    isPaused: async (name: string) => (pauses.get(name) ?? 0) > time.now,
  }

  async function refresh(): Promise<SignedIn> {
    if (!up.entra) throw new Problem('entra-unreachable')
    const tokens = { accessToken: '', idToken: '', accessTokenExpiresAt: 0 }
    return { identity, groups: groupsNow(), roles: [], contexts: [], tokens }
  }

  function replicaAt(skewMs: number) {
    const now = () => time.now + skewMs
    const clock = () => new Date(now())
    const knownPlans = createKnownPlans({ notes, clock })
    const pim = {
      spans: async () => {
        if (!up.graph) throw new NoAnswer('away')
        return spans()
      },
      requests: async () => [],
      deactivate: async () => {
        if (!up.graph) throw new NoAnswer('away')
        for (const period of periods.filter(({ from, until }) => from <= time.now && time.now < until))
          period.endedAt ??= time.now
        return { id: 'r', status: 'revoked' }
      },
    }
    type Needs = Parameters<typeof createRecheck>[0]
    const proof = createMembershipProof({ graph: undefined as never, gates: [{ name: 'members', groupId }] })
    const recheck = createRecheck({
      clock,
      oidc: { refresh } as unknown as Needs['oidc'],
      vault: { read: async () => ({ refreshToken: 'token' }), replace: async () => {} } as unknown as Needs['vault'],
      sessions: sessions as unknown as Needs['sessions'],
      leases,
      proof,
      gates: [{ name: 'members' }],
      log: quiet as unknown as Needs['log'],
    })('members')
    const plans = createPlanLearning({
      clock,
      pim,
      token: { get: async () => 'token' },
      sessions: seen,
      knownPlans,
      log: quiet as never,
    })
    const { standingOf, anew } = createStanding({
      config: { membership: { recheckMs, graceMs, roster: hasRoster, rosterMs } },
      clock,
      recheck,
      roster: {
        membershipOf: id => (hasRoster ? membershipIn(roster, id) : 'unknown'),
        renew: async () => poll(now()),
      },
      staleBefore: () => 0,
      plans,
    })
    const activations = { read: async () => undefined } as never
    const end = createEnding({
      clock,
      pim: pim as never,
      asPerson: (_who, call) => call('token'),
      activations,
      sessions: seen,
      ownPlan: createOwnPlan({ clock, activations, sessions: seen, knownPlans }),
      acts: async (_who, _about, work, settled = async () => {}) => {
        const outcome = await work()
        await settled(outcome)
        return outcome
      },
      look: async (_who, wish) => wish,
      findOut: async () => ({ open: [], hasEnded: false }),
    })
    return { now, clock, knownPlans, proof, standingOf, anew, end }
  }
  const replicas = skewsMs.map(replicaAt)
  const replica = (index: number) => replicas[index] as (typeof replicas)[number]

  function poll(askedAt: number): void {
    if (!hasRoster || !up.graph || Math.abs(askedAt - (roster?.askedAt ?? 0)) < 1_000) return
    const assignments = spans().map(({ from, until }) => ({
      principalId: identity.objectId,
      startsAt: from,
      ...(until && { until }),
    }))
    const listing: GroupListing = { assignments, members: groupsNow().length > 0 ? [identity.objectId] : [] }
    roster = rosterFrom(listing, { askedAt, before: roster })
  }

  const decided = (standing: Standing | undefined, now: number): Seen => {
    const { identity: who, contexts = {} } = standing?.record ?? {}
    const facts = { identity: who, membership: standing?.membership ?? ('unknown' as const), contexts, now }
    return { now, decision: decide({ ...facts, trustedMs: recheckMs + graceMs }, { audience: 'members' }) }
  }

  return {
    time,
    up,
    periods,
    sessions: records,
    isActive,
    poll: (index: number) => poll(replica(index).now()),
    isPaused: (id: string) => (pauses.get(id) ?? 0) > time.now,
    /** What is known of the end by now, whichever session learned it. */
    known: (): Promise<Plan | undefined> => replica(0).knownPlans.latest(identity),

    async signIn(id: string, index: number): Promise<void> {
      const { now, clock, knownPlans, proof } = replica(index)
      const { members: membership = 'unknown' } = (await proof(await refresh(), clock())).memberships
      const plan = await knownPlans.read(identity)
      records.set(id, {
        identity,
        gates: { members: { membership, ...(plan && { plan }) } },
        contexts: {},
        signedInAt: now(),
        lastSeenAt: now(),
        browser: '',
      })
    },
    async visit(id: string, index: number): Promise<Seen> {
      const { standingOf, now } = replica(index)
      return decided(await standingOf(id, seenIn(id)), now())
    },
    /** Somebody who waits to be let in, since something was changed at this instant of the replica's clock. */
    async wait(id: string, index: number, since: number): Promise<Seen> {
      const { anew, now } = replica(index)
      return decided(await anew(id, seenIn(id), since), now())
    },
    endNow: (id: string, index: number) => replica(index).end({ identity, sessionId: id }),
    nowAt: (index: number) => replica(index).now(),
  }
}
