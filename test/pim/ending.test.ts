import { expect, test } from 'vitest'
import { createTrail } from '../../src/audit/trail.ts'
import { GraphRefusal } from '../../src/entra/graph/refusal.ts'
import type { PimRequest } from '../../src/entra/pim/requests.ts'
import type { Span } from '../../src/entra/pim/standing.ts'
import { createActs } from '../../src/pim/acts/acts.ts'
import { verdictOfThrown } from '../../src/pim/acts/verdict.ts'
import { createEnding } from '../../src/pim/ending.ts'
import { createOwnPlan } from '../../src/pim/reading/own-plan.ts'
import type { GateRecord } from '../../src/session/record/at-gate.ts'
import type { Plan } from '../../src/session/record/plan.ts'

const now = Date.parse('2026-03-02T12:10:00Z')
const minutes = (count: number) => now + count * 60_000
const identity = { tenantId: 't', objectId: 'ben', subject: 's', name: 'Ben', username: 'ben@contoso.example' }
const who = { identity, sessionId: 'session' }
const span: Span = { kind: 'activated', from: minutes(-10), until: minutes(50) }
const next = { id: 'next', action: 'selfactivate', status: 'granted', startsAt: minutes(50) } as PimRequest

type Wish = { status?: string; refused?: GraphRefusal; spans?: Span[]; membership?: GateRecord['membership'] }

/** Ends a person's access at a Microsoft that answers like this, and returns what every session then remembers. */
async function ended({ status = 'revoked', refused, spans = [span], membership = 'unknown' }: Wish) {
  let record = {
    identity,
    membership,
    contexts: {},
    signedInAt: now,
    lastSeenAt: now,
    browser: '',
    plan: { askedAt: now, from: minutes(-10), until: minutes(110), seamAt: minutes(50) },
  } as GateRecord
  const kept: Plan[] = []
  const told: Record<string, unknown>[] = []
  const clock = () => new Date(now)
  const activations = { read: async () => undefined } as never
  const sessions = {
    read: async () => record,
    changeAll: async (_identity: unknown, edit: (found: GateRecord) => GateRecord) => {
      record = edit(record)
    },
  }
  const knownPlans = {
    latest: async () => undefined,
    learned: async () => undefined,
    act: async (_identity: unknown, edit: (found: Plan | undefined) => Plan) => {
      const plan = edit(undefined)
      kept.push(plan)
      return { ...plan, order: now + kept.length }
    },
  }
  const openActs = {
    all: async () => [],
    begin: async (_who: unknown, act: object) => ({ ...act, askedAt: now, sentAt: now }),
    note: async () => true,
    close: async () => true,
  } as never
  const trail = createTrail({
    gate: 'members',
    append: async record => void told.push(record),
    verdictOfThrown,
    onLost: () => {},
  })
  const end = createEnding({
    clock,
    pim: {
      spans: async () => spans,
      requests: async () => [next],
      cancel: async () => {},
      deactivate: async () => {
        if (refused) throw refused
        return { id: 'r-1', status } as PimRequest
      },
    } as never,
    asPerson: (_who, call) => call('token'),
    activations,
    sessions,
    ownPlan: createOwnPlan({ clock, activations, sessions, knownPlans }),
    acts: createActs({ openActs, trail }),
    look: async (_who, wish) => wish,
    findOut: async () => ({ open: [], hasEnded: false }),
  })
  const answer = await end(who)
  const events = told.map(({ event }) => event).filter(event => String(event).startsWith('ending'))
  return { answer, membership: record.membership, plan: record.plan, kept, events }
}

test('an ending that Microsoft carried out closes every session, and binds sessions that begin later', async () => {
  const plan = { askedAt: now, until: now, endedAt: now }
  expect(await ended({})).toMatchObject({ answer: { ended: true }, membership: { member: false }, plan })
  expect((await ended({})).kept.at(-1)).toEqual(plan)
})

test.each([
  ['revoked', 'endingCompleted', true, undefined],
  ['provisioned', 'endingCompleted', true, undefined],
  ['denied', 'endingFailed', false, 'denied'],
  ['canceled', 'endingFailed', false, 'failed'],
  ['failed', 'endingFailed', false, 'failed'],
  ['pendingapproval', 'endingWaiting', false, 'waiting'],
  ['pendingprovisioning', 'endingWaiting', false, 'waiting'],
  ['granted', 'endingWaiting', false, 'waiting'],
  ['other', 'endingWaiting', false, 'waiting'],
])('an ending that PIM answers %s is %s: page, gate and trail agree', async (status, event, isEnded, verdict) => {
  const found = await ended({ status })
  expect(found.answer).toMatchObject({ ended: isEnded, ...(verdict && { verdict }) })
  expect(found.membership === 'unknown').toBe(!isEnded)
  expect(found.events).toEqual(['endingRequested', event])
})

test('access that is off at Microsoft already, and was on as far as we know, is over here too, and the page says so', async () => {
  const refused = new GraphRefusal('RoleAssignmentDoesNotExist', { status: 400 })
  const found = await ended({ refused })
  expect([found.answer, found.events.at(-1)]).toEqual([{ ended: true }, 'endingCompleted'])
})

test.each([
  [
    'access that an administrator assigned',
    { spans: [{ ...span, kind: 'assigned' as const }] },
    'caller-lacks-permission',
  ],
  ['access that began less than five minutes ago', { spans: [{ ...span, from: minutes(-4) }] }, 'too-soon-to-end'],
])('%s is not sent to be ended', async (_what, wish, code) => {
  const found = await ended(wish)
  expect(found.answer).toMatchObject({ ended: false, problem: { code } })
  expect(found.events).toEqual([])
})

test('access may be ended five minutes after it began, to the second', async () => {
  expect((await ended({ spans: [{ ...span, from: minutes(-5) }] })).answer).toEqual({ ended: true })
})

test('access that was just accepted, and that no list shows yet, can be ended', async () => {
  expect((await ended({ spans: [] })).answer).toEqual({ ended: true })
})

test('an extension that was taken back before an ending is gone, also where the ending was refused', async () => {
  const refused = new GraphRefusal('SomeCode', { status: 400 })
  const plan = { askedAt: now, shownAt: now, from: span.from, until: span.until }
  const found = await ended({ refused })
  expect(found).toMatchObject({ answer: { ended: false }, membership: 'unknown', plan })
  expect([found.plan?.seamAt, found.kept]).toEqual([undefined, [plan]])
})
