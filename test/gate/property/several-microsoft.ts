import type { Graph } from '../../../src/entra/graph/graph.ts'
import type { SignedIn } from '../../../src/entra/oidc/signed-in.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { Problem } from '../../../src/errors.ts'
import { type Roster, rosterFrom } from '../../../src/gate/news/roster.ts'
import { inMemory } from './in-memory.ts'
import { type GateName, gateNames, type History, type Source } from './several-history.ts'

const start = Date.parse('2026-03-02T12:00:00Z')
export const me = 'a0000000-0000-4000-8000-000000000001'
export const identity = { tenantId: me, objectId: me, subject: 's', name: 'n', username: 'u' }
const groupOf = (gate: GateName) => `5b0d7e19-2c84-4f6a-8e31-00000000000${gateNames.indexOf(gate)}`
const roleOf = (gate: GateName) => `Role.${gate}`

/** A period of access as PIM keeps it: `until` until somebody ends it at `endedAt`. Epoch ms of Microsoft's clock. */
type Period = { from: number; until: number; endedAt?: number }
export type Place = ReturnType<ReturnType<typeof createMicrosoft>['placeAt']>

/** Entra and Graph for one person, made up: tokens and lists lag behind PIM, and each source can be away. */
export function createMicrosoft(
  gates: readonly GateName[],
  { tokenLagMs, listLagMs, hasRoster, kind }: Omit<History, 'steps'>,
) {
  const time = { start, now: start }
  const away = new Set<Source>()
  const isByRole = (gate: GateName) => kind === 'role' && gate === 'auditors'
  const places = new Map(gates.map(gate => [gate, placeOf(gate)]))
  const placeAt = (gate: GateName) => places.get(gate) as ReturnType<typeof placeOf>
  const namedInToken = () => [...places.values()].filter(place => place.isInToken()).map(({ gate }) => gate)

  /** What Microsoft knows of one gate, and what the replicas of the house remember of it together. */
  function placeOf(gate: GateName) {
    const periods: Period[] = []
    const board = { at: 0 }
    let roster: Roster | undefined
    const endAsSeenAt = ({ until, endedAt }: Period, at: number) =>
      endedAt !== undefined && endedAt <= at ? Math.min(until, endedAt) : until
    const isActive = (at: number) => periods.some(period => period.from <= at && at < endAsSeenAt(period, at))
    const running = () => periods.find(({ from, until, endedAt }) => from <= time.now && time.now < (endedAt ?? until))
    const spans = () => {
      const at = time.now - listLagMs
      return periods.filter(period => period.from <= at && endAsSeenAt(period, at) > time.now)
    }
    return {
      gate,
      periods,
      notes: inMemory(),
      board: {
        at: async () => board.at,
        post: async (_name: string, { at }: { at: number }) => {
          board.at = at
          return true
        },
      },
      isActive,
      running,
      isInToken: () => isActive(time.now - tokenLagMs),
      roster: () => roster,
      spans: () => {
        if (away.has(`PIM of ${gate}`)) throw new NoAnswer('away')
        return spans()
      },
      list(askedAt: number): void {
        if (!hasRoster || away.has(`list of ${gate}`) || Math.abs(askedAt - (roster?.askedAt ?? 0)) < 1_000) return
        const assignments = spans().map(({ from, until }) => ({ principalId: me, startsAt: from, until }))
        const members = isActive(time.now - tokenLagMs) ? [me] : []
        roster = rosterFrom({ assignments, members }, { askedAt, before: roster })
      },
    }
  }
  function tokenNow(): SignedIn {
    if (away.has('entra')) throw new Problem('entra-unreachable')
    const named = namedInToken()
    return {
      identity,
      groups: kind === 'many groups' ? 'overage' : named.filter(gate => !isByRole(gate)).map(groupOf),
      roles: named.filter(isByRole).map(roleOf),
      contexts: [],
      tokens: { accessToken: '', idToken: '', accessTokenExpiresAt: 0 },
    }
  }

  const graph = {
    memberOf: async (ids: readonly string[]) => {
      if (away.has('check')) throw new NoAnswer('away')
      return new Set(
        namedInToken()
          .map(groupOf)
          .filter(id => ids.includes(id)),
      )
    },
    list: async (path: string) => {
      const place = [...places.values()].find(({ gate }) => path.includes(groupOf(gate))) as ReturnType<typeof placeOf>
      const found = place.spans()
      if (!path.includes('/assignmentScheduleInstances/')) return []
      const instant = (at: number) => new Date(at).toISOString()
      return found.map(({ from, until }) => ({
        groupId: groupOf(place.gate),
        principalId: me,
        accessId: 'member',
        assignmentType: 'Activated',
        startDateTime: instant(from),
        endDateTime: instant(until),
      }))
    },
  } as unknown as Graph

  const settings = gates.map(name => ({
    name,
    title: name,
    groupId: groupOf(name),
    ...(isByRole(name) && { role: roleOf(name) }),
    selfService: true,
  }))
  return { time, away, settings, placeAt, tokenNow, graph }
}
