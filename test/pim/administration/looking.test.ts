import { describe, expect, test } from 'vitest'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import type { PimRequest } from '../../../src/entra/pim/requests.ts'
import { Problem } from '../../../src/errors.ts'
import { openOrders, request, start } from './at-orders.ts'

/** An order that was sent and not answered, while PIM's list of requests is this. */
async function unanswered(
  list: () => PimRequest[],
  what: 'assign' | 'remove' = 'assign',
  more: object = {},
  kind: 'active' | 'eligible' = 'eligible',
) {
  const silent = async () => Promise.reject(new NoAnswer('no connection'))
  const asked: unknown[] = []
  const at = openOrders(
    {
      assign: silent,
      remove: silent,
      requests: async (_token, about) => {
        asked.push(about)
        return list()
      },
    },
    more,
  )
  await at.begin(['ben'], what, { kind })
  await at.carryOut()
  return { ...at, asked }
}

describe('a line that was not answered', () => {
  test('is done where PIM shows the request, and the trail says so once', async () => {
    const at = await unanswered(() => [request('provisioned')])
    await Promise.all([at.look(), at.look()])
    await at.look()
    expect([await at.lines(), at.asked]).toEqual([['done'], [{ kind: 'eligible', principalId: 'ben' }]])
    expect(at.events()).toEqual(['assignmentRequested ben', 'assignmentUnanswered ben', 'assignmentCompleted ben'])
    expect(at.records.at(-1)).toMatchObject({ request: 'r-1', status: 'provisioned', kind: 'eligible' })
  })

  test.each([
    ['another act', { action: 'adminremove' }],
    ['another administrator', { createdBy: { id: 'bea' } }],
    ['another reason', { reason: 'Another reason altogether' }],
    ['from before', { createdAt: start - 60_001 }],
  ])('is not done by a request that is of %s', async (_what, more) => {
    const at = await unanswered(() => [request('provisioned', more)])
    await at.look()
    expect(await at.lines()).toEqual(['unanswered'])
  })

  test.each([
    ['of a clock behind ours', { createdAt: start - 60_000 }],
    ['that names nobody and no reason', { createdBy: undefined, reason: undefined }],
  ])('is done by a request %s', async (_what, more) => {
    const at = await unanswered(() => [request('provisioned', more as never)])
    await at.look()
    expect(await at.lines()).toEqual(['done'])
  })

  test('did not happen once PIM’s lists would surely show it', async () => {
    const at = await unanswered(() => [])
    at.pass(60_000)
    await at.look()
    expect(await at.lines()).toEqual(['unanswered'])
    at.pass(24 * 3_600_000)
    await at.look()
    expect([await at.lines(), at.records.at(-1)]).toMatchObject([
      ['refused: not-done'],
      { event: 'assignmentFailed', status: 'not-done' },
    ])
  })

  test.each([
    ['active', [['members', 'ben', start]]],
    ['eligible', []],
  ] as const)(
    'that took away what is %s tells so before its line says so, where that ends access',
    async (kind, ends) => {
      const told: unknown[] = []
      const removals = { begin: async () => {}, carriedOut: async (...of: unknown[]) => void told.push(of) }
      const at = await unanswered(() => [request('revoked', { action: 'adminremove' })], 'remove', { removals }, kind)
      await at.look()
      expect([await at.lines(), told]).toEqual([['done'], ends])
    },
  )

  test.each([
    ['does not answer', new NoAnswer('status 503')],
    ['shows this administrator nothing', new GraphRefusal('Authorization_RequestDenied', { status: 403 })],
    ['gives no token', new Problem('entra-unreachable')],
  ])('stays as it is while Microsoft %s', async (_what, thrown) => {
    const at = await unanswered(() => {
      throw thrown
    })
    expect((await at.look()).lines[0]?.stage).toBe('unanswered')
  })

  test.each([new Problem('redis-away'), new TypeError('a bug')])('is no reason to hide %s', async thrown => {
    const at = await unanswered(() => {
      throw thrown
    })
    await expect(at.look()).rejects.toBe(thrown)
  })
})

describe('a line that PIM took', () => {
  test('is looked up by its id until it is carried out', async () => {
    let status: PimRequest['status'] = 'pendingprovisioning'
    const at = openOrders({
      assign: async () => request('pendingprovisioning', { id: 'r-9' }),
      requests: async () => [
        request('failed', { id: 'r-8' }),
        request(status, { id: 'r-9', reason: 'x', createdAt: 0 }),
      ],
    })
    await at.begin(['ben'])
    await at.carryOut()
    expect((await at.look()).lines[0]?.stage).toBe('waiting')
    at.pass(24 * 3_600_000)
    status = 'provisioned'
    expect((await at.look()).lines[0]?.stage).toBe('done')
  })

  test('stays as it is where PIM does not show it', async () => {
    const at = openOrders({ assign: async () => request('pendingprovisioning') })
    await at.begin(['ben'])
    await at.carryOut()
    at.pass(24 * 3_600_000)
    expect((await at.look()).lines[0]?.stage).toBe('waiting')
  })
})

test('a line that is on its way is looked up only when its answer is late', async () => {
  const asked: unknown[] = []
  const at = openOrders({
    requests: async (_token, about) => {
      asked.push(about)
      return [request('provisioned')]
    },
  })
  await at.begin(['ben'])
  await at.orders.change(at.ada, 'order', order => ({
    ...order,
    lines: order.lines.map(line => ({ ...line, stage: 'asking' as const, askedAt: start })),
  }))
  at.pass(11_999)
  expect([(await at.look()).lines[0]?.stage, asked]).toEqual(['asking', []])
  at.pass(1)
  expect((await at.look()).lines[0]?.stage).toBe('done')
})

test('an order whose results are all known asks PIM nothing', async () => {
  const at = openOrders({ requests: () => Promise.reject(new Error('asked')) })
  await at.begin(['ben'])
  expect((await at.look()).lines[0]?.stage).toBe('ready')
  await at.carryOut()
  expect((await at.look()).lines[0]?.stage).toBe('done')
})
