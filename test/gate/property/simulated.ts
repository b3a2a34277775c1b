import type { GroupListing } from '../../../src/entra/graph/group-listing.ts'
import type { SignedIn } from '../../../src/entra/oidc/signed-in.ts'
import { Problem } from '../../../src/errors.ts'
import { createRecheck } from '../../../src/gate/asking/recheck.ts'
import { type Decision, decide } from '../../../src/gate/decide.ts'
import { createMembershipProof } from '../../../src/gate/membership-proof.ts'
import { membershipIn, type Roster, rosterFrom } from '../../../src/gate/news/roster.ts'
import { createStanding } from '../../../src/gate/standing.ts'
import { atGate, type GateRecord, withGate } from '../../../src/session/record/at-gate.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'

export const recheckMs = 60_000
export const graceMs = 300_000
const shortestPollMs = 1_000
const groupId = '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05'

/** One stay in the group; without `until` it has no end. */
type Span = { from: number; until?: number }
export type Person = { id: string; viaPim: boolean; spans: Span[]; joinedAt: number }

export const isMember = ({ spans }: Person, at: number): boolean =>
  spans.some(({ from, until = Infinity }) => from <= at && at < until)
/** When somebody who is not in the group left it. */
export const leftAt = ({ spans }: Person, at: number): number =>
  Math.max(...spans.map(({ until = Infinity }) => until).filter(until => until <= at))

export type Seen = {
  person: Person
  at: number
  startedAt: number
  decision: Decision
  membership: GateRecord['membership']
  /** When, in elapsed time, the session learned what it knows of itself. */
  learnedAt: number
}

/**
 * The gate's own parts over a directory that is made up: what the directory says is true at the instant it is asked,
 * and it can be slow, or away. `elapsed` is time as it passes; the clock is that plus whatever it was set wrong by.
 */
export function createWorld({
  size,
  hasRoster,
  start,
  answersAfter,
}: {
  size: number
  hasRoster: boolean
  start: number
  /** An answer is true of the instant of the question, and is given when this resolves. */
  answersAfter: () => Promise<void>
}) {
  const time = { elapsed: 0, offset: start }
  const now = () => time.elapsed + time.offset
  const clock = () => new Date(now())
  const up = { refresh: true, roster: true, since: 0 }
  const people = Array.from(
    { length: size },
    (_, index): Person => ({
      id: `a0000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      viaPim: true,
      spans: [],
      joinedAt: -Infinity,
    }),
  )
  const byId = new Map(people.map(person => [person.id, person]))
  const records = new Map<string, GateRecord>()
  const pauses = new Map<string, number>()
  const learned = new Map<string, number>()
  let roster: Roster | undefined

  const identityOf = ({ id }: Person) => ({ tenantId: groupId, objectId: id, subject: id, name: id, username: id })

  const refresh = async (_token: string, { objectId }: { objectId: string }): Promise<SignedIn> => {
    if (!up.refresh) throw new Problem('entra-unreachable')
    const person = byId.get(objectId) as Person
    const groups = isMember(person, now()) ? [groupId] : []
    await answersAfter()
    return {
      identity: identityOf(person),
      groups,
      roles: [],
      contexts: [],
      tokens: { accessToken: '', idToken: '', accessTokenExpiresAt: 0 },
    }
  }

  function listing(): GroupListing {
    const at = now()
    const isRunning = ({ until = Infinity }: Span) => until > at
    const assignments = people
      .filter(({ viaPim }) => viaPim)
      .flatMap(({ id, spans }) =>
        spans.filter(isRunning).map(({ from, ...end }) => ({ principalId: id, startsAt: from, ...end })),
      )
    return { assignments, members: people.filter(person => isMember(person, at)).map(({ id }) => id) }
  }

  function poll(): void {
    if (!hasRoster || !up.roster || Math.abs(now() - (roster?.askedAt ?? 0)) < shortestPollMs) return
    roster = rosterFrom(listing(), { askedAt: now(), before: roster })
  }

  // What is outside, in memory: Entra, Redis, the log. All else is the gate itself.
  type Needs = Parameters<typeof createRecheck>[0]
  const recheck = createRecheck({
    clock,
    oidc: { refresh } as unknown as Needs['oidc'],
    vault: { read: async () => ({ refreshToken: 'token' }), replace: async () => {} } as unknown as Needs['vault'],
    sessions: {
      read: async (id: string) => wholeOf(records.get(id)),
      change: async (id: string, edit: (record: SessionRecord) => SessionRecord) => {
        const found = records.get(id)
        if (found) learned.set(id, time.elapsed)
        if (found) records.set(id, atGate(edit(wholeOf(found)), 'members'))
        return wholeOf(records.get(id))
      },
      destroy: async (id: string) => void records.delete(id),
    } as unknown as Needs['sessions'],
    leases: {
      hold: async <T>(_name: string, _ms: number, work: () => Promise<T>) => ({
        held: true as const,
        value: await work(),
      }),
      released: async () => {},
      pause: async (name: string, ms: number) => void pauses.set(name, time.elapsed + ms),
      isPaused: async (name: string) => (pauses.get(name) ?? 0) > time.elapsed,
    },
    proof: createMembershipProof({ graph: undefined as never, gates: [{ name: 'members', groupId }] }),
    gates: [{ name: 'members' }],
    log: { info() {}, warn() {}, error() {} } as unknown as Needs['log'],
  })('members')
  const { standingOf } = createStanding({
    config: { membership: { recheckMs, graceMs, roster: hasRoster, rosterMs: 15_000 } },
    clock,
    recheck,
    roster: {
      membershipOf: id => (hasRoster ? membershipIn(roster, id) : 'unknown'),
      renew: async () => poll(),
    },
    staleBefore: () => 0,
  })

  return {
    time,
    now,
    up,
    people,
    poll,
    /** When the roster, as it is, says that someone's membership ends. */
    knownEnd: ({ id }: Person) => roster?.members[id]?.until,
    provenAt: ({ id }: Person) => {
      const membership = records.get(id)?.membership
      return membership && membership !== 'unknown' ? membership.provenAt : now()
    },
    isPaused: ({ id }: Person) => (pauses.get(id) ?? 0) > time.elapsed,

    signIn(person: Person): void {
      const provenAt = now()
      const membership = isMember(person, provenAt)
        ? ({ member: true, provenAt } as const)
        : ({ member: false, provenAt, reason: 'not-in-group' } as const)
      records.set(person.id, {
        identity: identityOf(person),
        membership,
        contexts: {},
        signedInAt: provenAt,
        lastSeenAt: provenAt,
        browser: '',
      })
    },

    /** Somebody asks for a page; what became of it is known when the sources have answered. */
    async visit(person: Person): Promise<Seen> {
      const startedAt = time.elapsed
      const standing = await standingOf(person.id, records.get(person.id) as GateRecord)
      if (!standing) throw new Error('nobody is signed out here')
      const { record, membership } = standing
      const facts = { identity: record.identity, membership, contexts: {}, now: now(), trustedMs: recheckMs + graceMs }
      const learnedAt = learned.get(person.id) ?? 0
      return { person, at: now(), startedAt, membership, learnedAt, decision: decide(facts, { audience: 'members' }) }
    },
  }
}
/** A session that knows of one gate. */
function wholeOf<T extends GateRecord | undefined>(seen: T): T extends GateRecord ? SessionRecord : undefined
function wholeOf(seen: GateRecord | undefined): SessionRecord | undefined {
  return seen && withGate({ ...seen, gates: {} }, 'members', seen)
}

export type World = ReturnType<typeof createWorld>
