import { describe, expect, test } from 'vitest'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { Problem } from '../../../src/errors.ts'
import { openOrders, reason, request, start, until } from './at-orders.ts'

/** Throws once for each of these, and grants afterwards. */
function failing(...thrown: readonly unknown[]) {
  const left = [...thrown]
  return async () => {
    if (left.length > 0) throw left.shift()
    return request('provisioned')
  }
}
const acrs = (context: string) => JSON.stringify({ access_token: { acrs: { essential: true, value: context } } })
const challenge = (context = 'c1') =>
  new GraphRefusal('RoleAssignmentRequestAcrsValidationFailed', { status: 400, claims: acrs(context) })

describe('an order', () => {
  test('is sent line by line, with all that it says, and recorded before and after', async () => {
    const at = openOrders()
    await at.begin(['ben', 'lena'], 'assign', { ticket: 'CHG-1' })
    await at.carryOut()
    expect(at.asked).toEqual(
      ['ben', 'lena'].map(principalId => ['assign', { kind: 'eligible', principalId, reason, ticket: 'CHG-1', until }]),
    )
    expect(at.events()).toEqual([
      'assignmentRequested ben',
      'assignmentCompleted ben',
      'assignmentRequested lena',
      'assignmentCompleted lena',
    ])
    expect(at.records[1]).toMatchObject({
      gate: 'members',
      kind: 'eligible',
      until: '2026-05-31T12:00:00.000Z',
      reason,
      ticket: 'CHG-1',
      request: 'r-1',
      status: 'provisioned',
      person: 'ben',
    })
    const [line] = (await at.read()).lines
    expect(line).toMatchObject({ stage: 'done', doneAt: start, askedAt: start, request: 'r-1', status: 'provisioned' })
  })

  test('is sent as the act that it asks for, and without an end where it asks for none', async () => {
    for (const [what, act, event] of [
      ['change', 'update', 'assignmentChangeCompleted ben'],
      ['extend', 'extend', 'assignmentChangeCompleted ben'],
    ] as const) {
      const at = openOrders()
      await at.begin(['ben'], what, { until: undefined } as never)
      await at.carryOut()
      expect([at.asked, at.events().at(-1)]).toEqual([[[act, { kind: 'eligible', principalId: 'ben', reason }]], event])
    }
  })

  test('stops before the next line where its administrator is none any more, and can go on where they are again', async () => {
    let isIn = true
    const assign = async () => {
      isIn = false
      return request('provisioned')
    }
    const at = openOrders({ assign }, { mayGoOn: async () => isIn })
    await at.begin(['ben', 'lena'])
    await at.carryOut()
    expect([await at.lines(), at.records.length]).toEqual([['done', 'ready'], 2])
    isIn = true
    await at.carryOut()
    expect(await at.lines()).toEqual(['done', 'done'])
  })

  test('that takes access away says no end, ends it here before Microsoft is asked, and tells before its line says so', async () => {
    const told: unknown[] = []
    const at = openOrders(
      {},
      {
        removals: {
          begin: async (_, { gate, person, comment }) =>
            void told.push([gate, person.objectId, comment, at.asked.length, at.events().at(-1)]),
          carriedOut: async (...of) => void told.push(of, await at.lines()),
        },
      },
    )
    await at.begin(['ben'], 'remove', { kind: 'active' })
    await at.carryOut()
    expect(at.asked).toEqual([['remove', { kind: 'active', principalId: 'ben', reason }]])
    expect(told).toEqual([['members', 'ben', reason, 0, 'removalRequested ben'], ['members', 'ben', start], ['asking']])
    expect(at.records[1]).toMatchObject({ event: 'removalCompleted', status: 'revoked' })
    expect(at.records[1]).not.toHaveProperty('until')
    expect(await at.lines()).toEqual(['done'])
  })

  test.each([
    ['gives access', 'assign', 'active'],
    ['takes a permission away', 'remove', 'eligible'],
  ] as const)('that %s ends nothing here', async (_, what, kind) => {
    const told: unknown[] = []
    const tell = async () => void told.push('ended')
    const at = openOrders({}, { removals: { begin: tell, carriedOut: tell } })
    await at.begin(['ben'], what, { kind })
    await at.carryOut()
    expect([await at.lines(), told]).toEqual([['done'], []])
  })

  test('that several people work on at once sends each line once', async () => {
    const at = openOrders()
    await at.begin(['ben', 'lena', 'mona', 'oskar'])
    await Promise.all([at.carryOut(), at.carryOut(), at.carryOut()])
    expect(at.asked.map(([, { principalId }]: [string, { principalId?: string }]) => principalId).sort()).toEqual([
      'ben',
      'lena',
      'mona',
      'oskar',
    ])
  })

  test('that is begun once more stays as it is', async () => {
    const at = openOrders()
    await at.begin(['ben'])
    await at.carryOut()
    await at.begin(['ben', 'lena'])
    await at.carryOut()
    expect([at.asked.length, await at.lines()]).toEqual([1, ['done']])
  })
})

describe('a line', () => {
  test.each([
    [
      'a refusal',
      new GraphRefusal('RoleAssignmentExists', { status: 400 }),
      'refused: has-it-already',
      'assignmentFailed',
    ],
    ['silence', new NoAnswer('no connection'), 'unanswered', 'assignmentUnanswered'],
  ])('that meets %s is settled by it, and the next line is sent', async (_what, thrown, stage, event) => {
    const at = openOrders({ assign: failing(thrown) })
    await at.begin(['ben', 'lena'])
    await at.carryOut()
    expect(await at.lines()).toEqual([stage, 'done'])
    expect(at.events()[1]).toBe(`${event} ben`)
    expect(at.logged).toEqual([{ event: 'order-refused', gate: 'members', oid: 'ada', error: thrown }])
  })

  test.each([
    ['failed', 'refused: failed', 'assignmentFailed'],
    ['denied', 'refused: denied', 'assignmentFailed'],
    ['pendingprovisioning', 'waiting', 'assignmentWaiting'],
    ['other', 'waiting', 'assignmentWaiting'],
    ['granted', 'done', 'assignmentCompleted'],
  ] as const)('that PIM took with the status %s is %s', async (status, stage, event) => {
    const at = openOrders({ assign: async () => request(status) })
    await at.begin(['ben'])
    await at.carryOut()
    expect([await at.lines(), at.events()[1]]).toEqual([[stage], `${event} ben`])
  })

  test('that cannot be recorded is not sent, and can be sent later as another act', async () => {
    const at = openOrders({}, { append: () => Promise.reject(new Problem('redis-away')) })
    await at.begin(['ben'])
    const before = (await at.read()).lines[0]?.act
    await expect(at.carryOut()).rejects.toThrow('redis-away')
    expect([at.asked, await at.lines()]).toEqual([[], ['ready']])
    const broken = openOrders({}, { append: () => Promise.reject(new TypeError('a bug')) })
    await broken.begin(['ben'])
    await expect(broken.carryOut()).rejects.toThrow('a bug')
    expect((await at.read()).lines[0]?.act).not.toBe(before)
  })

  test('whose result cannot be written is not sent a second time', async () => {
    const at = openOrders({}, { asAdministrator: () => Promise.reject(new Problem('redis-away')) })
    await at.begin(['ben'])
    await expect(at.carryOut()).rejects.toThrow('redis-away')
    expect(await at.lines()).toEqual(['asking'])
  })
})

describe('where Microsoft has too much to do', () => {
  test('the order rests, and what was not sent is sent when the rest is over', async () => {
    const at = openOrders({ assign: failing(new NoAnswer('status 429', { kind: 'throttled', retryAfterMs: 10_000 })) })
    await at.begin(['ben', 'lena'])
    await at.carryOut()
    expect([await at.lines(), (await at.read()).restUntil]).toEqual([['ready', 'ready'], start + 10_000])
    at.pass(9_999)
    await at.carryOut()
    expect(await at.lines()).toEqual(['ready', 'ready'])
    at.pass(1)
    await at.carryOut()
    expect([await at.lines(), (await at.read()).restUntil]).toEqual([['done', 'done'], undefined])
    expect(new Set(at.records.map(({ act }) => act)).size).toBe(3)
  })

  test('and does not say for how long, the rest is half a minute', async () => {
    const at = openOrders({ assign: failing(new NoAnswer('status 429', { kind: 'throttled' })) })
    await at.begin(['ben'])
    await at.carryOut()
    expect((await at.read()).restUntil).toBe(start + 30_000)
  })
})

describe('where Microsoft asks for a check', () => {
  test('nothing more is sent before it, and the line is another act afterwards', async () => {
    const at = openOrders({ assign: failing(challenge()) })
    await at.begin(['ben', 'lena'])
    const before = (await at.read()).lines.map(({ act }) => act)
    await at.carryOut()
    await at.carryOut()
    const order = await at.read()
    expect([await at.lines(), order.claims, order.challenges]).toEqual([['ready', 'ready'], acrs('c1'), 1])
    expect(order.lines.map(({ act }) => act)).toEqual([expect.not.stringMatching(before[0] ?? ''), before[1]])
    expect(at.events()).toEqual(['assignmentRequested ben', 'assignmentFailed ben'])
  })

  const proven = (at: ReturnType<typeof openOrders>) =>
    at.orders.change(at.ada, 'order', ({ claims, ...order }) => ({ ...order, ...(claims && { claimsBefore: claims }) }))

  test('that was made in vain, the line is refused, and the next is tried', async () => {
    const at = openOrders({ assign: failing(challenge(), challenge()) })
    await at.begin(['ben', 'lena'])
    await at.carryOut()
    await proven(at)
    await at.carryOut()
    expect(await at.lines()).toEqual(['refused: check-in-vain', 'done'])
  })

  test('of another kind, it is asked for too, and a third is not', async () => {
    const at = openOrders({ assign: failing(challenge('c1'), challenge('c2'), challenge('c3')) })
    await at.begin(['ben'])
    for (const context of ['c1', 'c2']) {
      await at.carryOut()
      expect((await at.read()).claims).toBe(acrs(context))
      await proven(at)
    }
    await at.carryOut()
    expect(await at.lines()).toEqual(['refused: check-in-vain'])
  })

  test('by a rule of its policy, the administrator signs in anew', async () => {
    const rule = new GraphRefusal('RoleAssignmentRequestPolicyValidationFailed', { status: 400, rules: ['MfaRule'] })
    const at = openOrders({ assign: failing(rule) })
    await at.begin(['ben'])
    await at.carryOut()
    expect((await at.read()).claims).toBe('{}')
  })
})

test('without a token nothing more is tried, and every line that was not sent says why', async () => {
  let calls = 0
  const at = openOrders(
    {},
    {
      asAdministrator: (_who, call, even) => {
        expect(even).toBe('act')
        calls += 1
        return calls === 1 ? call('a-token') : Promise.reject(new Problem('entra-unreachable'))
      },
    },
  )
  await at.begin(['mona', 'ben', 'lena'])
  await at.carryOut()
  expect(await at.lines()).toEqual(['done', 'refused: unreachable', 'refused: unreachable'])
  expect(at.events().slice(2)).toEqual(['assignmentRequested ben', 'assignmentFailed ben'])
})

test('a result that was found meanwhile stands, whatever comes late', async () => {
  const at = openOrders({
    assign: async () => {
      await at.orders.change(at.ada, 'order', order => ({
        ...order,
        lines: order.lines.map(line => ({ ...line, stage: 'done' as const })),
      }))
      throw new NoAnswer('no connection')
    },
  })
  await at.begin(['ben'])
  await at.carryOut()
  expect(await at.lines()).toEqual(['done'])
})

test('access that Microsoft has not taken away yet is not told as ended, and nobody need be told', async () => {
  const told: unknown[] = []
  const removals = { begin: async () => {}, carriedOut: async (...of: unknown[]) => void told.push(of) }
  const at = openOrders({ remove: async () => request('pendingprovisioning') }, { removals })
  await at.begin(['ben'], 'remove', { kind: 'active' })
  await at.carryOut()
  expect([await at.lines(), told]).toEqual([['waiting'], []])
  const alone = openOrders()
  await alone.begin(['ben'], 'remove', { kind: 'active' })
  await alone.carryOut()
  expect(await alone.lines()).toEqual(['done'])
})
