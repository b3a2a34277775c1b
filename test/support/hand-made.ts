import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp } from '../../src/app.ts'
import type { Clock } from '../../src/clock.ts'
import { createGates } from '../../src/gate/gates.ts'
import { createGuard, type Guard } from '../../src/gate/guard.ts'
import type { Known, StandingOf } from '../../src/gate/standing.ts'
import type { Access, FormOffer, MyAccess, Offer } from '../../src/pim/answers.ts'
import type { Approvals, OneRequest } from '../../src/pim/approval-answers.ts'
import type { Plan } from '../../src/session/record/plan.ts'
import type { Page } from '../../src/web/page.ts'
import type { House } from './house.ts'

/** What self-service says, made by hand: each test changes what its page is about. */
export type HandMade = Access & Approvals

export const now = Date.parse('2026-03-02T12:13:00Z')
export const minute = 60_000
export const form: FormOffer = {
  choices: [30, 60, 120, 240],
  minutes: 60,
  longestMinutes: 240,
  ticket: true,
  needs: { passkey: true, approval: false, approvers: [] },
  last: { at: now - 5 * 24 * 60 * minute, minutes: 60, reason: 'Refund 8790 for a customer', ticket: 'INC-20877' },
  rulesKnown: true,
}
export const mine: MyAccess = { recent: [], eligible: false }
export const waitingOne: OneRequest = {
  id: '7',
  principalId: 'ben',
  name: 'Ben Okafor',
  since: now - 10 * minute,
  lapsesAt: now + 1430 * minute,
  reason: 'Refund 8841 for a customer',
  ticket: 'INC-20931',
  minutes: 60,
  state: 'waiting',
  lastUses: [{ at: now - 5 * 24 * 60 * minute, minutes: 60, reason: 'Refund 8790', result: 'approved' }],
  alsoIn: [{ name: 'Alice Lindqvist', until: now + 40 * minute }],
  isOwn: false,
  approvalId: 'asked-1',
  commentNeeded: false,
}

/** Nobody is offered anything, and nothing happens. */
export const nothing = (): HandMade => ({
  offer: async () => ({ kind: 'not-eligible' }),
  turnOn: async () => ({ kind: 'progress' }),
  resume: async () => ({ kind: 'progress' }),
  claimsFor: async () => undefined,
  progress: async () => ({ step: 'none', returnTo: '/' }),
  cancel: async () => {},
  mine: async () => mine,
  end: async () => ({ ended: true }),
  extend: async () => ({ kind: 'progress' }),
  findOut: async () => ({ open: [], hasEnded: false }),
  list: async () => [],
  one: async () => undefined,
  decide: async () => ({ kind: 'done' }),
})

export const offering = (offer: Offer): Partial<HandMade> => ({ offer: async () => offer })

type Stay = { plan?: Plan; until?: number }

/**
 * The application of a house once more, on a port of its own, with self-service made by hand: its pages without PIM
 * behind them. A browser sends both the same cookies.
 */
export async function openHandMade(house: House, { table }: { table?: readonly Page[] } = {}) {
  const said = nothing()
  let stay: Stay | undefined
  const guard = madeGuard(house, () => stay)
  const selfService = house.services.gates.all.map(({ name, title, settings }) => {
    const isByRole = settings.role !== undefined
    return { gate: name, title, isByRole, access: said, approvals: said }
  })
  const app = createApp({ ...house.services, guard, selfService }, table && { table })
  const server = createServer(app)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}`
  return {
    app,
    baseUrl,
    say: (what: Partial<HandMade>) => void Object.assign(said, nothing(), what),
    /** From now on members are in within this stay, whatever is known of them otherwise. */
    stays: (made: Stay) => {
      stay = made
    },
    at: (path: string) => baseUrl + path,
    titleOf: (gate: string) => house.services.gates.named(gate).title,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** The house's own guard, or one for which those who pass a gate are in within a stay that was made up. */
function madeGuard(house: House, stayNow: () => Stay | undefined): Guard {
  const { config, clock, sessions, gates } = house.services
  const standing = standingWithin(clock, stayNow)
  const made = createGuard({
    config,
    clock,
    sessions,
    gates: createGates(gates.all.map(({ name }) => ({ name, settings: {}, ...standing }))),
  })
  return requirement => {
    const [real, other] = [house.services.guard(requirement), made(requirement)]
    return function guard(request, response, next) {
      return (stayNow() ? other : real)(request, response, next)
    }
  }
}

const standingWithin = (clock: Clock, stayNow: () => Stay | undefined): { known: Known; standingOf: StandingOf } => ({
  known: record => record.membership,
  async standingOf(_id, record) {
    const { plan, until } = stayNow() ?? {}
    const isIn = record.membership !== 'unknown' && record.membership.member
    const provenAt = clock().getTime()
    const membership = isIn && until ? ({ member: true, provenAt, until } as const) : record.membership
    return { record: { ...record, ...(plan && { plan }) }, membership }
  },
})
