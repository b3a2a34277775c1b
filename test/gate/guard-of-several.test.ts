import { EventEmitter } from 'node:events'
import type { Request, Response } from 'express'
import { describe, expect, test, vi } from 'vitest'
import { pageWaitMs } from '../../src/clock.ts'
import { admissionOf, endedOf } from '../../src/gate/admission.ts'
import type { Audience } from '../../src/gate/decide.ts'
import { createGates } from '../../src/gate/gates.ts'
import { createGuard } from '../../src/gate/guard.ts'
import { atGate, type GateRecord } from '../../src/session/record/at-gate.ts'
import { isMember, type Membership } from '../../src/session/record/membership.ts'
import type { SessionRecord } from '../../src/session/record/record.ts'
import { ago, no, now, yes } from './memberships.ts'

const record: SessionRecord = {
  identity: { tenantId: 't', objectId: 'o', subject: 's', name: 'Alice', username: 'alice' },
  gates: {},
  contexts: {},
  signedInAt: now,
  lastSeenAt: now,
  browser: 'b',
}

/** Where somebody stands at a gate: what is known without asking, what is found when it is asked, and what it needs. */
type At = {
  known?: Membership
  found?: Membership
  context?: string
  selfService?: boolean
  isOver?: boolean
  isUnlisted?: boolean
  /** How long the gate asks, in ms. */
  takesMs?: number
}

/**
 * What the guard of a page does where somebody stands like this at each gate; `asked` names the gates that it asks, and
 * `lookedAt` those at which it looks at what is known without asking.
 */
async function guarded(audience: Audience, at: Record<string, At>, session?: Partial<SessionRecord> | 'none') {
  const asked: string[] = []
  const lookedAt: string[] = []
  const forgotten: unknown[] = []
  const observed: unknown[] = []
  const logged: unknown[] = []
  const passed: unknown[][] = []
  const come = session === 'none' ? undefined : { ...record, ...session }
  const gates = Object.entries(at).map(
    ([name, { known = 'unknown', found = known, context, selfService = false, isOver, isUnlisted, takesMs }]) => ({
      name,
      settings: { selfService, ...(context && { context }) },
      known() {
        lookedAt.push(name)
        return known
      },
      async standingOf(_id: string, seen: GateRecord) {
        asked.push(name)
        if (takesMs) await new Promise(resolve => setTimeout(resolve, takesMs))
        const unlisted = isUnlisted && { unlistedAt: now }
        return isOver ? undefined : { record: { ...seen, ...unlisted }, membership: found }
      },
    }),
  )
  const guard = createGuard({
    config: { membership: { recheckMs: 60_000, graceMs: 300_000 }, session: { maxMs: 36_000_000 } } as never,
    clock: () => new Date(now),
    sessions: { recordOf: () => come, forget: request => void forgotten.push(request) },
    gates: createGates(gates),
    observe: facts => void observed.push(facts),
  })
  const request = { sessionID: 'id' } as Request
  const log = { info: (line: unknown) => void logged.push(line) }
  const response = Object.assign(new EventEmitter(), { locals: { log }, destroy() {} })
  await guard({ audience })(request, response as unknown as Response, (...given: unknown[]) => void passed.push(given))
  return {
    request,
    come,
    asked,
    lookedAt,
    forgotten,
    observed,
    logged,
    passed,
    openedBy: () => admissionOf(request).gate,
  }
}

const either = ['operators', 'administrators']
const refusedAt = (gate: string, code: string) => [
  [expect.objectContaining({ code, facts: expect.objectContaining({ gate }) })],
]
const ended: Membership = { member: false, provenAt: now, reason: 'ended', endedAt: ago(60) }

describe('a page that several gates open', () => {
  test('is opened by the first that admits the person', async () => {
    const { openedBy, passed } = await guarded(either, {
      members: {},
      operators: { found: yes(0) },
      administrators: { found: yes(0) },
    })
    expect([passed, openedBy()]).toEqual([[[]], 'operators'])
  })

  test('is opened by the second, where the first does not admit them', async () => {
    const { openedBy, passed } = await guarded(either, {
      operators: { found: no(0) },
      administrators: { found: yes(0) },
    })
    expect([passed, openedBy()]).toEqual([[[]], 'administrators'])
  })

  test('is opened by no gate that it does not name', async () => {
    const { passed } = await guarded(either, {
      members: { known: yes(0) },
      operators: { found: no(0) },
      administrators: { found: no(0) },
    })
    expect(passed).toEqual(refusedAt('operators', 'not-a-member'))
  })

  test('asks only the gate where the person is known to be a member, where that one opens it', async () => {
    const { asked, openedBy } = await guarded(either, {
      operators: { known: no(60) },
      administrators: { known: yes(0) },
    })
    expect([asked, openedBy()]).toEqual([['administrators'], 'administrators'])
  })

  test('asks in the order of its line, where nothing is known', async () => {
    const { asked } = await guarded(either, { administrators: { found: no(0) }, operators: { found: no(0) } })
    expect(asked).toEqual(['operators', 'administrators'])
  })

  test('knows where the person stands at the gate that let them in', async () => {
    const { request, come } = await guarded(either, { operators: { found: no(0) }, administrators: { found: yes(7) } })
    expect(admissionOf(request).standing).toEqual({
      record: come && atGate(come, 'administrators'),
      membership: yes(7),
    })
  })

  test('is counted for the gate that opened it', async () => {
    const { observed } = await guarded(either, { operators: { found: no(0) }, administrators: { found: yes(7) } })
    expect(observed).toEqual([{ audience: 'administrators', outcome: 'admit', reason: 'admitted', proofAgeSeconds: 7 }])
  })

  test('sends somebody without a session to sign in, and asks nothing', async () => {
    const { asked, passed, observed } = await guarded(either, { operators: {}, administrators: {} }, 'none')
    expect(passed).toEqual([[expect.objectContaining({ code: 'not-signed-in' })]])
    expect([asked, observed]).toEqual([[], [expect.objectContaining({ audience: 'operators' })]])
  })

  test('ends the request of a session that ended while one gate asked, and asks no other', async () => {
    const { request, come, asked, forgotten, passed } = await guarded(either, {
      operators: { isOver: true },
      administrators: { found: yes(0) },
    })
    expect(passed).toEqual([[expect.objectContaining({ code: 'not-signed-in' })]])
    expect([asked, forgotten, endedOf(request)]).toEqual([['operators'], [request], come])
  })
})

/** From the nearest to opening to the farthest. */
const ways: [string, At][] = [
  ['auth-context-missing', { found: yes(0), context: 'c1' }],
  ['membership-unknown', { found: 'unknown' }],
  ['too-many-groups', { found: 'unknown', isUnlisted: true }],
  ['access-ended', { found: ended }],
  ['not-a-member', { found: no(0) }],
]
const pairs = ways.flatMap((near, index) => ways.slice(index + 1).map(far => [near, far] as const))

describe('of two gates that do not open, the page tells of the nearer one:', () => {
  test.for(pairs.map(([[near, at], [far, farAt]]) => [near, far, at, farAt] as const))(
    '%s before %s, wherever they stand in its line',
    async ([code, _far, operators, administrators]) => {
      const first = await guarded(either, { operators, administrators })
      const second = await guarded(either, { operators: administrators, administrators: operators })
      expect(first.passed).toEqual(refusedAt('operators', code))
      expect(second.passed).toEqual(refusedAt('administrators', code))
    },
  )

  test.for(ways)('the first of the line, where both are alike: %s', async ([code, at]) => {
    expect((await guarded(either, { operators: at, administrators: at })).passed).toEqual(refusedAt('operators', code))
  })

  test('the log names it, once', async () => {
    const { logged } = await guarded(either, { operators: { found: no(0) }, administrators: { found: ended } })
    expect(logged).toEqual([
      { event: 'refused', outcome: 'refuse', reason: 'access-ended', gate: 'administrators', oid: 'o' },
    ])
  })

  test('it is counted, and the other one is not', async () => {
    const { observed } = await guarded(either, { operators: { found: no(0) }, administrators: { found: ended } })
    expect(observed).toEqual([
      { audience: 'administrators', outcome: 'refuse', reason: 'access-ended', proofAgeSeconds: undefined },
    ])
  })

  test('the context is the one that this gate needs', async () => {
    const { passed } = await guarded(either, {
      operators: { found: no(0), context: 'c1' },
      administrators: { found: yes(0), context: 'c2' },
    })
    expect(passed).toEqual([[expect.objectContaining({ facts: { context: 'c2', gate: 'administrators' } })]])
  })
})

test('a context that one gate needs is not asked for at another', async () => {
  const { passed, openedBy } = await guarded(either, {
    operators: { found: yes(0), context: 'c1' },
    administrators: { found: yes(0) },
  })
  expect([passed, openedBy()]).toEqual([[[]], 'administrators'])
})

test('a page of one gate asks that gate, and looks at nothing before', async () => {
  const { asked, lookedAt } = await guarded('operators', { operators: { known: yes(0) }, administrators: {} })
  expect([asked, lookedAt]).toEqual([['operators'], []])
})

describe('a page for signed-in people', () => {
  test('is told of the person without a look at the gates after theirs', async () => {
    const at = { members: { known: no(0) }, operators: { known: yes(0) }, administrators: { known: yes(0) } }
    expect((await guarded('signed-in', at)).lookedAt).toEqual(['members', 'operators'])
  })

  test('takes the first gate at which they are a member for theirs, and asks nothing', async () => {
    const at = { members: { known: no(0) }, operators: { known: yes(0) }, administrators: { known: yes(0) } }
    const { asked, request } = await guarded('signed-in', at)
    const { gate, standing } = admissionOf(request)
    expect([gate, isMember(standing.membership), asked]).toEqual(['operators', true, []])
  })

  test('takes members for theirs, where they are a member nowhere', async () => {
    const { openedBy } = await guarded('signed-in', { members: {}, operators: { known: no(0) } })
    expect(openedBy()).toBe('members')
  })

  test('needs no context of a gate', async () => {
    const { passed } = await guarded('signed-in', { members: { known: yes(0), context: 'c1' } })
    expect(passed).toEqual([[]])
  })
})

test('a page of a gate that no setting describes cannot be made: that is a bug', async () => {
  await expect(guarded('strangers', { members: {} })).rejects.toThrow('no setting describes a gate strangers')
})

test('of two gates at which the person has no access, the page tells of the one where they may turn it on', async () => {
  const { passed } = await guarded(either, {
    operators: { found: no(1) },
    administrators: { found: no(1), selfService: true },
  })
  expect(passed).toEqual(refusedAt('administrators', 'not-a-member'))
})

test('a page of several gates waits for all of them together no longer than for one', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const at = { operators: { found: no(1), takesMs: 4_000 }, administrators: { found: yes(1), takesMs: 60_000 } }
    const work = guarded(either, at)
    await vi.advanceTimersByTimeAsync(pageWaitMs + 10)
    expect((await work).passed).toEqual(refusedAt('administrators', 'membership-unknown'))
  } finally {
    vi.useRealTimers()
  }
})

test('a page of several gates waits for each as long as it may, however long the replica has run', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    await vi.advanceTimersByTimeAsync(3_600_000)
    const work = guarded(either, {
      operators: { found: no(1), takesMs: 1_000 },
      administrators: { found: yes(1), takesMs: 1_000 },
    })
    await vi.advanceTimersByTimeAsync(2_010)
    expect((await work).openedBy()).toBe('administrators')
  } finally {
    vi.useRealTimers()
  }
})
