import { describe, expect, test } from 'vitest'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import type { PimRequest } from '../../../src/entra/pim/requests.ts'
import type { Span } from '../../../src/entra/pim/standing.ts'
import { createTakingBack } from '../../../src/pim/acts/taking-back.ts'
import { notingActs, notingWays, openAtPim } from '../at-pim.ts'
import { firstRequest, span, start, who } from '../bens.ts'

const extension = (id: string, change: Partial<PimRequest> = {}): PimRequest => ({
  ...firstRequest,
  id,
  status: 'granted',
  startsAt: start + 1,
  ...change,
})

/** Takes back the extensions among these requests; Microsoft answers some with an error. */
async function takenBack(
  requests: readonly PimRequest[],
  { thrown = {}, of = span }: { thrown?: Record<string, Error>; of?: Span | undefined | 'no-period' } = {},
) {
  const cancelled: string[] = []
  const facts: unknown[] = []
  const outcomes: unknown[] = []
  const ways: unknown[] = []
  const endings: unknown[] = []
  const parts = openAtPim({
    requests: async (_token, role) => (role === 'principal' ? [...requests] : []),
    async cancel(_token, id) {
      if (thrown[id]) throw thrown[id]
      cancelled.push(id)
    },
  })
  const takeBack = createTakingBack({
    ...parts,
    asPerson: notingWays(ways),
    acts: notingActs(facts, outcomes),
    ownPlan: { endsWith: async (...all) => void endings.push(all) },
  })
  const rose = await takeBack(who, of === 'no-period' ? undefined : of).catch((error: unknown) => error)
  return { cancelled, facts, outcomes, ways, endings, rose }
}
const refused = new GraphRefusal('no')

describe('an extension that is to come', () => {
  test('is taken back', async () => {
    expect((await takenBack([extension('a'), extension('b')])).cancelled).toEqual(['a', 'b'])
  })
  test('is taken back by an act of its own', async () => {
    const { facts, outcomes } = await takenBack([extension('a')])
    expect([facts, outcomes]).toEqual([[{ kind: 'cancellation', request: 'a' }], [{ verdict: 'done' }]])
  })
  test('is taken back even where the person had Microsoft asked too often', async () => {
    expect((await takenBack([extension('a')])).ways).toEqual(['act', 'act'])
  })
  test('lets access end with the period that runs', async () => {
    expect((await takenBack([extension('a')])).endings).toEqual([[who, span]])
  })
  test('changes no plan where no period runs', async () => {
    expect(await takenBack([extension('a')], { of: 'no-period' })).toMatchObject({ cancelled: ['a'], endings: [] })
  })
})

test.each([
  ['has begun', extension('a', { startsAt: start })],
  ['has no beginning', { ...firstRequest, status: 'granted' } satisfies PimRequest],
  ['was denied', extension('a', { status: 'denied' })],
  ['ends access', extension('a', { action: 'selfdeactivate' })],
])('a request that %s is left as it is', async (_what, request) => {
  expect(await takenBack([request])).toMatchObject({ cancelled: [], endings: [], rose: undefined })
})

describe('an extension that Microsoft does not take back', () => {
  test('does not keep the person from ending', async () => {
    const found = await takenBack([extension('a'), extension('b')], { thrown: { a: refused } })
    expect(found).toMatchObject({ cancelled: ['b'], rose: undefined })
  })
  test('leaves access as long as it is', async () => {
    expect((await takenBack([extension('a')], { thrown: { a: refused } })).endings).toEqual([])
  })
  test('does not hide that another one was taken back', async () => {
    const { endings } = await takenBack([extension('a'), extension('b')], { thrown: { b: refused } })
    expect(endings).toEqual([[who, span]])
  })
  test('and about which Microsoft says nothing keeps the person from ending', async () => {
    const silence = new NoAnswer('silence')
    expect((await takenBack([extension('a')], { thrown: { a: silence } })).rose).toBe(silence)
  })
})
