import { describe, expect, test } from 'vitest'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import type { Pim } from '../../../src/entra/pim/pim.ts'
import type { PimRequest } from '../../../src/entra/pim/requests.ts'
import { Problem } from '../../../src/errors.ts'
import { createFinding } from '../../../src/pim/acts/finding.ts'
import { createOpenActs } from '../../../src/pim/acts/open-acts.ts'
import { inMemory } from '../../gate/property/in-memory.ts'
import { openAtPim } from '../at-pim.ts'
import { firstRequest, span, start, who } from '../bens.ts'

const second = 1_000
const request = (status: PimRequest['status']): PimRequest => ({
  ...firstRequest,
  id: 'r-2',
  action: 'selfdeactivate',
  status,
  createdAt: start,
})

/** Finding out at a PIM that shows an ending with this status, or answers otherwise; and what comes of it. */
function openFinding(status: PimRequest['status'] = 'revoked', answers: Partial<Pim> = {}) {
  const parts = openAtPim({
    requests: async () => [request(status)],
    request: async () => ({ ...firstRequest, status: 'canceled' }),
    spans: async () => [],
    ...answers,
  })
  const openActs = createOpenActs({ notes: inMemory(), clock: parts.clock })
  const recorded: unknown[] = []
  let endings = 0
  const findOut = createFinding({
    ...parts,
    openActs,
    ownPlan: { ended: async () => void endings++ },
    trail: { found: async (...all) => void recorded.push(all) },
  })
  return {
    ...parts,
    openActs,
    findOut,
    recorded,
    endings: () => endings,
    end: () => openActs.begin(who, { act: 'an-ending', kind: 'ending' }),
    cancel: () => openActs.begin(who, { act: 'a-cancellation', kind: 'cancellation', request: 'r-1' }),
    open: async () => (await openActs.all(who)).map(({ act }) => act),
  }
}
const silent = () => Promise.reject(new NoAnswer('silence'))

test('nothing is asked about people whose acts all have their results', async () => {
  const { findOut } = openFinding('revoked', { requests: () => Promise.reject(new Error('asked')) })
  expect(await findOut(who)).toEqual({ open: [], hasEnded: false })
})

describe('an ending that turns out to be done', () => {
  test('has ended access', async () => {
    const { end, findOut, endings } = openFinding()
    await end()
    expect(await findOut(who)).toEqual({ open: [], hasEnded: true })
    expect(endings()).toBe(1)
  })
  test('is in the trail, under the name with which it began', async () => {
    const { end, findOut, recorded } = openFinding()
    await end()
    await findOut(who)
    const doing = { act: 'an-ending', actor: who.identity }
    expect(recorded).toEqual([['ending', doing, { verdict: 'done', request: 'r-2', status: 'revoked' }]])
  })
  test('is not asked about again', async () => {
    const { end, findOut, open } = openFinding()
    await end()
    await findOut(who)
    expect(await open()).toEqual([])
  })

  const turnedOn = (from: number, kind: 'activated' | 'assigned' = 'activated') => ({
    spans: async () => [{ ...span, kind, from }],
  })
  test('has ended nothing that the person turned on after it', async () => {
    const { end, findOut, pass, endings, open } = openFinding('revoked', turnedOn(start + second))
    await end()
    pass(second)
    expect(await findOut(who)).toEqual({ open: [], hasEnded: false })
    expect([endings(), await open()]).toEqual([0, []])
  })
  test.each([
    ['was turned on in the same moment', turnedOn(start)],
    ['is to begin later', turnedOn(start + second + 1)],
    ['an administrator gave', turnedOn(start + second, 'assigned')],
  ])('has ended access though there is some that %s', async (_what, answers) => {
    const { end, findOut, pass } = openFinding('revoked', answers)
    await end()
    pass(second)
    expect(await findOut(who)).toMatchObject({ hasEnded: true })
  })
  test('has ended nothing while Microsoft does not say what is on', async () => {
    const { end, findOut, endings, open } = openFinding('revoked', { spans: silent })
    await end()
    expect(await findOut(who)).toMatchObject({ open: [{ act: 'an-ending' }], hasEnded: false })
    expect([endings(), await open()]).toEqual([0, ['an-ending']])
  })
})

describe('an act', () => {
  test('of another kind ends nothing', async () => {
    const { cancel, findOut, endings } = openFinding()
    await cancel()
    expect(await findOut(who)).toEqual({ open: [], hasEnded: false })
    expect(endings()).toBe(0)
  })
  test('is in the trail with the request that it is about', async () => {
    const { cancel, findOut, recorded } = openFinding()
    await cancel()
    await findOut(who)
    expect(recorded).toMatchObject([['cancellation', {}, { verdict: 'done', request: 'r-1', status: 'canceled' }]])
  })
  test('that failed has ended nothing, and has its result', async () => {
    const { end, findOut, open } = openFinding('failed')
    await end()
    expect(await findOut(who)).toEqual({ open: [], hasEnded: false })
    expect(await open()).toEqual([])
  })
  test('that waits is in the trail, and stays open', async () => {
    const { end, findOut, recorded, open } = openFinding('pendingprovisioning', { spans: async () => [span] })
    await end()
    expect(await findOut(who)).toMatchObject({ open: [{ act: 'an-ending' }], hasEnded: false })
    expect(recorded).toMatchObject([['ending', {}, { verdict: 'waiting' }]])
    expect(await open()).toEqual(['an-ending'])
  })
  test('that PIM does not show yet is not in the trail, and stays open', async () => {
    const { end, findOut, recorded, open } = openFinding('revoked', { requests: async () => [] })
    await end()
    expect(await findOut(who)).toMatchObject({ open: [{ act: 'an-ending' }] })
    expect([recorded, await open()]).toEqual([[], ['an-ending']])
  })
  test.each([
    ['says nothing', silent],
    ['refuses', () => Promise.reject(new GraphRefusal('no'))],
  ])('about which Microsoft %s stays open, and others are found out', async (_what, requests) => {
    const { end, cancel, findOut, open } = openFinding('revoked', { requests })
    await cancel()
    await end()
    expect(await findOut(who)).toMatchObject({ open: [{ act: 'an-ending' }] })
    expect(await open()).toEqual(['an-ending'])
  })
})

test('two pages that find out at the same moment record a result once', async () => {
  const { end, findOut, recorded } = openFinding()
  await end()
  await Promise.all([findOut(who), findOut(who)])
  expect(recorded).toHaveLength(1)
})

test('a page that waits no longer leaves the acts as they were, and their results are found all the same', async () => {
  const answer = Promise.withResolvers<PimRequest[]>()
  const { end, findOut, open } = openFinding('revoked', { requests: () => answer.promise })
  await end()
  const impatient = { ...who, waitsUntil: performance.now() }
  expect(await findOut(impatient)).toMatchObject({ open: [{ act: 'an-ending' }], hasEnded: false })
  answer.resolve([request('revoked')])
  await expect.poll(open).toEqual([])
})

test.each(['requests', 'spans'] as const)('that Redis is away rises (while PIM is asked for %s)', async name => {
  const { end, findOut } = openFinding('revoked', { [name]: () => Promise.reject(new Problem('redis-away')) })
  await end()
  await expect(findOut(who)).rejects.toMatchObject({ code: 'redis-away' })
})
