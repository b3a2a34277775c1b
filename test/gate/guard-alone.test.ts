import { EventEmitter } from 'node:events'
import type { Request, Response } from 'express'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { admissionOf, endedOf, personOf } from '../../src/gate/admission.ts'
import type { Requirement } from '../../src/gate/decide.ts'
import { createGuard } from '../../src/gate/guard.ts'
import { longestTimerMs } from '../../src/patience.ts'
import { atGate } from '../../src/session/record/at-gate.ts'
import type { Membership } from '../../src/session/record/membership.ts'
import type { SessionRecord } from '../../src/session/record/record.ts'
import { oneGate } from '../support/one-gate.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const record = {
  identity: { tenantId: 't', objectId: 'o', subject: 's', name: 'Alice', username: 'alice' },
  gates: {},
  contexts: {},
  signedInAt: now,
  lastSeenAt: now,
  browser: 'b',
} as SessionRecord
const member = { member: true, provenAt: now } as const
const members = { audience: 'members' } as const
const signedIn = { audience: 'signed-in' } as const

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

type Come = {
  session?: Partial<SessionRecord> | 'none'
  membership?: Membership
  isOver?: boolean
  isInDoubt?: boolean
  gateContext?: string
  isWatched?: boolean
}

/** What the guard of a page does with somebody's request, and all that it asks and tells. */
async function guarded(requirement: Requirement, come: Come = {}) {
  const { session = {}, membership = member, isOver, isInDoubt = false, gateContext, isWatched = true } = come
  const found = session === 'none' ? undefined : { ...record, ...session }
  const asked: unknown[] = []
  const forgotten: unknown[] = []
  const observed: unknown[] = []
  const logged: unknown[] = []
  const passed: unknown[][] = []
  const guard = createGuard({
    config: {
      membership: { recheckMs: 60_000, graceMs: 300_000 },
      session: { maxMs: 36_000_000 },
    } as never,
    clock: () => new Date(now),
    sessions: { recordOf: () => found, forget: request => void forgotten.push(request) },
    gates: oneGate({
      context: gateContext,
      standingOf: async (id, of) => {
        asked.push(id, of)
        return isOver ? undefined : { record: of, membership }
      },
      known: () => membership,
    }),
    doubts: { has: id => isInDoubt && id === 'id' },
    ...(isWatched && { observe: facts => void observed.push(facts) }),
  })
  const request = { sessionID: 'id' } as Request
  const destroy = vi.fn()
  const locals: Record<string, unknown> = { log: { info: (line: unknown) => void logged.push(line) } }
  const response = Object.assign(new EventEmitter(), { locals, destroy })
  await guard(requirement)(request, response as unknown as Response, (...given: unknown[]) => void passed.push(given))
  return { request, response, destroy, found, asked, forgotten, observed, logged, passed }
}

const refusedWith = (code: string) => [[expect.objectContaining({ code })]]

describe('the guard of a page', () => {
  test('lets a member pass, once and without a problem', async () => {
    expect((await guarded(members)).passed).toEqual([[]])
  })

  test('asks where the person of this session stands', async () => {
    const { asked, found } = await guarded(members)
    expect(asked).toEqual(['id', found && atGate(found, 'members')])
  })

  test('remembers who was admitted, and their standing', async () => {
    const { request, found } = await guarded(members)
    expect(admissionOf(request)).toEqual({
      person: record.identity,
      record: found,
      gate: 'members',
      standing: { record: found && atGate(found, 'members'), membership: member },
    })
  })

  test('tells the page who was admitted', async () => {
    expect(personOf((await guarded(members)).request)).toEqual(record.identity)
  })

  test('tells the log whose request it is', async () => {
    expect((await guarded(members)).response.locals.oid).toBe('o')
  })

  test('logs nothing of somebody who may pass', async () => {
    expect((await guarded(members)).logged).toEqual([])
  })

  test('lets a member pass where nobody observes', async () => {
    expect((await guarded(members, { isWatched: false })).passed).toEqual([[]])
  })

  test('trusts a proof to the end of re-check and grace together', async () => {
    expect((await guarded(members, { membership: { member: true, provenAt: now - 360_000 } })).passed).toEqual([[]])
  })

  test('trusts no proof beyond re-check and grace together', async () => {
    const { passed } = await guarded(members, { membership: { member: true, provenAt: now - 360_001 } })
    expect(passed).toEqual(refusedWith('membership-unknown'))
  })

  test('forgets no session that goes on', async () => {
    const { request, forgotten } = await guarded(members)
    expect([forgotten, endedOf(request)]).toEqual([[], undefined])
  })
})

describe('a page for signed-in people', () => {
  test('lets somebody pass of whom Entra was not asked', async () => {
    const { asked, passed } = await guarded(signedIn, { membership: 'unknown' })
    expect([asked, passed]).toEqual([[], [[]]])
  })

  test('is told what is known of the membership', async () => {
    const { request, found } = await guarded(signedIn)
    expect(admissionOf(request).standing).toEqual({ record: found && atGate(found, 'members'), membership: member })
  })

  test('is not cut at the end of a membership', async () => {
    await guarded(signedIn, { membership: { ...member, until: now + 1_000 } })
    expect(vi.getTimerCount()).toBe(0)
  })

  test('sends nobody on without a session', async () => {
    const { request, passed, logged } = await guarded(signedIn, { session: 'none' })
    expect([passed, logged, endedOf(request)]).toEqual([refusedWith('not-signed-in'), [], undefined])
  })
})

describe('a request of nobody', () => {
  test('comes to no page for members', async () => {
    expect((await guarded(members, { session: 'none' })).passed).toEqual(refusedWith('not-signed-in'))
  })

  test('asks Entra nothing', async () => {
    expect((await guarded(members, { session: 'none' })).asked).toEqual([])
  })

  test('forgets no session', async () => {
    expect((await guarded(members, { session: 'none' })).forgotten).toEqual([])
  })

  test('has no object id in the log', async () => {
    expect((await guarded(members, { session: 'none' })).response.locals).not.toHaveProperty('oid')
  })

  test('has no admission', async () => {
    const { request } = await guarded(members, { session: 'none' })
    expect(() => admissionOf(request)).toThrow('a page was reached without passing a guard')
  })
})

describe('a session that ended because it was asked about', () => {
  test('is forgotten', async () => {
    const { request, forgotten } = await guarded(members, { isOver: true })
    expect(forgotten).toEqual([request])
  })

  test('is known to have been there', async () => {
    const { request, found } = await guarded(members, { isOver: true })
    expect(endedOf(request)).toBe(found)
  })

  test('lets nobody pass', async () => {
    expect((await guarded(members, { isOver: true })).passed).toEqual(refusedWith('not-signed-in'))
  })
})

const outside = { member: false, provenAt: now } as Membership
const refusals = [
  ['not-a-member', 'refuse', { membership: outside }],
  ['access-ended', 'refuse', { membership: { ...member, until: now } }],
  ['membership-unknown', 'cannot-tell', { membership: 'unknown' }],
  ['too-many-groups', 'cannot-tell', { membership: 'unknown', session: { unlistedAt: now } }],
  ['redis-away', 'cannot-tell', { membership: 'unknown', isInDoubt: true }],
  ['auth-context-missing', 'step-up', { gateContext: 'c1' }],
] as const satisfies [string, string, Come][]

describe.for(refusals)('a refusal for %s', ([reason, outcome, come]) => {
  test('ends the request with its problem, once', async () => {
    expect((await guarded(members, come)).passed).toEqual(refusedWith(reason))
  })

  test('is logged once, with its reason and whom it met', async () => {
    expect((await guarded(members, come)).logged).toEqual([
      { event: 'refused', outcome, reason, gate: 'members', oid: 'o' },
    ])
  })

  test('admits nobody', async () => {
    const { request } = await guarded(members, come)
    expect(() => personOf(request)).toThrow('without passing a guard')
  })
})

test('a refusal gives its page the facts that it tells', async () => {
  const { passed } = await guarded(members, { membership: { ...member, until: now } })
  expect(passed).toEqual([[expect.objectContaining({ facts: { endedAt: now, ranOut: true, gate: 'members' } })]])
})

test('a doubt about Redis keeps nobody out of whom something is known', async () => {
  expect((await guarded(members, { isInDoubt: true })).passed).toEqual([[]])
})

test('a doubt about Redis hides no refusal', async () => {
  const { passed } = await guarded(members, { membership: outside, isInDoubt: true })
  expect(passed).toEqual(refusedWith('not-a-member'))
})

test('an authentication context that was met in this session counts as long as a session may last', async () => {
  const come = { gateContext: 'c1', session: { contexts: { c1: now - 36_000_000 } } }
  expect((await guarded(members, come)).passed).toEqual([[]])
})

test('an authentication context counts no longer than a session may last', async () => {
  const come = { gateContext: 'c1', session: { contexts: { c1: now - 36_000_001 } } }
  expect((await guarded(members, come)).passed).toEqual(refusedWith('auth-context-missing'))
})

describe('what the guard tells of a decision', () => {
  const tenSeconds = { member: true, provenAt: now - 10_000 } as const
  const told = { audience: 'members', outcome: 'admit', reason: 'admitted', proofAgeSeconds: 10 }
  const cases: [string, Requirement, Come, object][] = [
    ['says how old the proof was that admitted a member', members, { membership: tenSeconds }, told],
    [
      'makes no proof younger than nothing',
      members,
      { membership: { member: true, provenAt: now + 1_000 } },
      { ...told, proofAgeSeconds: 0 },
    ],
    [
      'has no proof where a page needs none',
      signedIn,
      { membership: tenSeconds },
      { ...told, audience: 'signed-in', proofAgeSeconds: undefined },
    ],
    [
      'has no proof where somebody was refused',
      members,
      { membership: { member: false, provenAt: now - 10_000 } as Membership },
      { ...told, outcome: 'refuse', reason: 'not-a-member', proofAgeSeconds: undefined },
    ],
  ]
  test.for(cases)('%s', async ([, requirement, come, expected]) => {
    expect((await guarded(requirement, come)).observed).toStrictEqual([expected])
  })
})

describe('an answer on its way', () => {
  const endingIn = (ms: number) => guarded(members, { membership: { ...member, until: now + ms } })

  test('goes on until the membership ends', async () => {
    const { destroy } = await endingIn(1_000)
    vi.advanceTimersByTime(999)
    expect(destroy).not.toHaveBeenCalled()
  })

  test('is cut as soon as the membership ends', async () => {
    const { destroy } = await endingIn(1_000)
    vi.advanceTimersByTime(1_000)
    expect(destroy).toHaveBeenCalledOnce()
  })

  test('leaves no timer when it was sent in time', async () => {
    const { response } = await endingIn(1_000)
    response.emit('close')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('has no timer where no end is known', async () => {
    await guarded(members)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('has a timer as long as the longest of Node', async () => {
    await endingIn(longestTimerMs)
    expect(vi.getTimerCount()).toBe(1)
  })

  test('has no timer that is longer, because it would fire at once', async () => {
    await endingIn(longestTimerMs + 1)
    expect(vi.getTimerCount()).toBe(0)
  })
})
