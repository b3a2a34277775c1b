import { describe, expect, test } from 'vitest'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import type { Pim } from '../../../src/entra/pim/pim.ts'
import type { PimRequest } from '../../../src/entra/pim/requests.ts'
import { Problem } from '../../../src/errors.ts'
import type { Log } from '../../../src/observability.ts'
import { createActs } from '../../../src/pim/acts/acts.ts'
import { createCancelling } from '../../../src/pim/acts/cancelling.ts'
import { createOpenActs } from '../../../src/pim/acts/open-acts.ts'
import type { Activation } from '../../../src/pim/wish/activation.ts'
import { inMemory } from '../../gate/property/in-memory.ts'
import { notingWays, openAtPim } from '../at-pim.ts'
import { firstRequest, who } from '../bens.ts'

const pending: PimRequest = { ...firstRequest, id: 'r-portal', status: 'pendingapproval' }
const wish = { kind: 'turn-on', wish: { reason: 'Refund 8841', minutes: 60 }, returnTo: '/' } as const

/** Somebody who takes back their request, at a PIM that answers like this. */
function openCancelling(answers: Partial<Pim> = {}) {
  const cancelled: string[] = []
  const looked: Activation[] = []
  const logged: unknown[] = []
  const steps: string[] = []
  const ways: unknown[] = []
  const parts = openAtPim({
    requests: async (_token, role, filter) =>
      role === 'principal' && filter?.status === 'PendingApproval' ? [pending] : [],
    cancel: async (_token, id) => void cancelled.push(id),
    ...answers,
  })
  const acts = createActs({ openActs: createOpenActs({ notes: inMemory(), clock: parts.clock }), trail: parts.trail })
  const cancel = createCancelling({
    ...parts,
    asPerson: notingWays(ways),
    acts,
    look: async (_who, activation) => {
      looked.push(activation)
      throw new NoAnswer('silence')
    },
    findOut: async () => {
      steps.push('found out')
      return { open: [], hasEnded: false }
    },
    log: { info: (line: object) => void logged.push(line) } as unknown as Log,
  })
  return {
    ...parts,
    cancel: (more: object = {}) => cancel({ ...who, ...more }),
    cancelled,
    looked,
    logged,
    steps,
    ways,
    begin: (more: Partial<Activation>) => parts.activations.begin(who, { ...wish, ...more }),
    stage: async () => (await parts.activations.read(who))?.stage,
  }
}
const waiting = { stage: 'waiting', request: 'r-wish' } as const

describe('a request that waits', () => {
  test('is taken back at PIM', async () => {
    const { begin, cancel, cancelled } = openCancelling()
    await begin(waiting)
    await cancel()
    expect(cancelled).toEqual(['r-wish'])
  })
  test('is over here, as one that was cancelled', async () => {
    const { begin, cancel, activations } = openCancelling()
    await begin(waiting)
    await cancel()
    expect(await activations.read(who)).toMatchObject({
      ...wish,
      stage: 'over',
      status: 'canceled',
      ending: { code: 'cancelled' },
    })
  })
  test('is taken back even where the person had Microsoft asked too often', async () => {
    const { begin, cancel, ways } = openCancelling()
    await begin(waiting)
    await cancel()
    expect(ways).toEqual(['act'])
  })
  test('is in the trail, before and after', async () => {
    const { begin, cancel, records } = openCancelling()
    await begin(waiting)
    await cancel()
    expect(records.map(({ event, request }) => [event, request])).toEqual([
      ['cancellationRequested', 'r-wish'],
      ['cancellationCompleted', 'r-wish'],
    ])
  })
  test('is looked up at PIM where its id is not known', async () => {
    const { begin, cancel, cancelled, stage } = openCancelling()
    await begin({ stage: 'waiting' })
    await cancel()
    expect([cancelled, await stage()]).toEqual([['r-portal'], 'over'])
  })
  test('is taken back where the person made it in the portal', async () => {
    const { cancel, cancelled } = openCancelling()
    await cancel()
    expect(cancelled).toEqual(['r-portal'])
  })
  test('in the portal says nothing about a wish here', async () => {
    const { begin, cancel, cancelled, stage, logged } = openCancelling()
    await begin({ stage: 'in', request: 'r-wish' })
    await cancel()
    expect([cancelled, await stage(), logged]).toEqual([['r-portal'], 'in', []])
  })
  test('is taken back after the results of earlier acts were found out', async () => {
    const { cancel, steps } = openCancelling({ cancel: async () => void steps.push('cancelled') })
    await cancel()
    expect(steps).toEqual(['found out', 'cancelled'])
  })
  test('is taken back although the page waits no longer', async () => {
    const answer = Promise.withResolvers<void>()
    const { begin, cancel, stage } = openCancelling({ cancel: () => answer.promise })
    await begin(waiting)
    await cancel({ waitsUntil: performance.now() })
    expect(await stage()).toBe('waiting')
    answer.resolve()
    await expect.poll(stage).toBe('over')
  })
})

test('nothing is taken back where nothing waits', async () => {
  const { cancel, cancelled } = openCancelling({ requests: async () => [] })
  await cancel()
  expect(cancelled).toEqual([])
})

describe('a request that cannot be taken back', () => {
  const refusal = new GraphRefusal('no')
  const refused = { cancel: () => Promise.reject(refusal) }
  test('stays as it is until PIM says what became of it', async () => {
    const { begin, cancel, looked, stage } = openCancelling(refused)
    const begun = await begin(waiting)
    await cancel()
    expect([looked, await stage()]).toEqual([[begun], 'waiting'])
  })
  test('is in the log', async () => {
    const { cancel, logged } = openCancelling(refused)
    await cancel()
    expect(logged).toEqual([{ event: 'cancel-refused', oid: 'ben', error: refusal }])
  })
  test('of the portal is not looked for here', async () => {
    const { cancel, looked } = openCancelling(refused)
    await cancel()
    expect(looked).toEqual([])
  })
})

describe('a Problem rises', () => {
  test('where Redis is away, and the log says nothing of a refusal', async () => {
    const { cancel, logged } = openCancelling({ cancel: () => Promise.reject(new Problem('redis-away')) })
    await expect(cancel()).rejects.toMatchObject({ code: 'redis-away' })
    expect(logged).toEqual([])
  })
  test.each([
    ['says nothing', new NoAnswer('silence'), 'graph-silent'],
    ['refuses', new GraphRefusal('no'), 'graph-refused'],
  ])('where Microsoft, asked which request waits, %s', async (_what, thrown, code) => {
    const { cancel } = openCancelling({ requests: () => Promise.reject(thrown) })
    await expect(cancel()).rejects.toMatchObject({ code })
  })
})
