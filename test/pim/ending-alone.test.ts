import { describe, expect, test } from 'vitest'
import { GraphRefusal } from '../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../src/entra/outbound.ts'
import { shortestStayMs } from '../../src/entra/pim/limits.ts'
import type { Pim } from '../../src/entra/pim/pim.ts'
import type { PimRequest } from '../../src/entra/pim/requests.ts'
import { Problem } from '../../src/errors.ts'
import { createActs } from '../../src/pim/acts/acts.ts'
import { createOpenActs } from '../../src/pim/acts/open-acts.ts'
import { createEnding } from '../../src/pim/ending.ts'
import type { Activation } from '../../src/pim/wish/activation.ts'
import type { GateRecord } from '../../src/session/record/at-gate.ts'
import { inMemory } from '../gate/property/in-memory.ts'
import { notingWays, openAtPim } from './at-pim.ts'
import { firstRequest, span, start, who } from './bens.ts'

const silence = new NoAnswer('silence')
const silent = () => Promise.reject(silence)
const offAlready = new GraphRefusal('RoleAssignmentDoesNotExist', { status: 400 })
const planned = (until: number) => ({ plan: { askedAt: start, until } })
const member = { membership: { member: true, provenAt: start, source: 'token' } } as unknown as Partial<GateRecord>

type House = {
  answers?: Partial<Pim>
  /** What the session remembers; nothing where it is left out. */
  record?: Partial<GateRecord>
  hasEnded?: boolean
  look?: () => Promise<Activation>
}

/** Somebody who may end their access, at a PIM that ends it or answers otherwise. */
function openEnding({ answers = {}, record, hasEnded = false, look }: House = {}) {
  const steps: string[] = []
  const sent: unknown[] = []
  const looked: unknown[] = []
  const parts = openAtPim({
    requests: async () => [],
    async deactivate(_token, asked) {
      sent.push(asked)
      return { ...firstRequest, id: 'r-2', status: 'revoked' }
    },
    ...answers,
  })
  const openActs = createOpenActs({ notes: inMemory(), clock: parts.clock })
  const ways: unknown[] = []
  let endings = 0
  const end = createEnding({
    ...parts,
    asPerson: notingWays(ways),
    sessions: { read: async () => record as GateRecord | undefined },
    ownPlan: {
      ...parts.ownPlan,
      ended: async () => void endings++,
      endsWith: async () => void steps.push('the extension is gone'),
    },
    acts: createActs({ openActs, trail: parts.trail }),
    look: async (_who, ...all) => {
      looked.push(all)
      return look ? look() : all[0]
    },
    findOut: async () => ({ open: [], hasEnded }),
  })
  return {
    ...parts,
    end: (more: object = {}) => end({ ...who, ...more }),
    begin: (more: Partial<Activation>) =>
      parts.activations.begin(who, {
        kind: 'turn-on',
        wish: { reason: 'Refund', minutes: 60 },
        returnTo: '/',
        ...more,
      }),
    steps,
    sent,
    looked,
    ways,
    endings: () => endings,
  }
}
const codeOf = async (ending: Promise<unknown>) => ((await ending) as { problem?: { code: string } }).problem?.code

describe('an ending', () => {
  test('is sent for the person, with words for those who review access', async () => {
    const { end, sent, endings } = openEnding()
    expect(await end()).toEqual({ ended: true })
    expect([sent, endings()]).toEqual([[{ principalId: 'ben', reason: 'Ended by the person' }], 1])
  })
  test('is sent even where the person had Microsoft asked too often', async () => {
    const { end, ways } = openEnding()
    await end()
    expect(ways.at(-1)).toBe('act')
  })
  test('that was done before is not sent again', async () => {
    const { end, sent } = openEnding({ hasEnded: true })
    expect(await end()).toEqual({ ended: true })
    expect(sent).toEqual([])
  })
  test('ends what the person turned on, also where an administrator gave them access before that', async () => {
    const assigned = { ...span, kind: 'assigned' as const, from: start - 1_000_000 }
    expect(await openEnding({ answers: { spans: async () => [assigned, span] } }).end()).toEqual({ ended: true })
  })
  test('goes on when the page waits no longer', async () => {
    const answer = Promise.withResolvers<PimRequest>()
    const { end, endings } = openEnding({ answers: { deactivate: () => answer.promise } })
    const told = await end({ waitsUntil: performance.now() })
    expect(told).toMatchObject({ ended: false, verdict: 'unanswered', problem: { code: 'no-answer' } })
    answer.resolve({ ...firstRequest, id: 'r-2', status: 'revoked' })
    await expect.poll(endings).toBe(1)
  })
  test('that Microsoft has not carried out closes no session, and says when it can be tried again', async () => {
    const { end, endings } = openEnding({
      answers: { deactivate: async () => ({ ...firstRequest, status: 'pendingprovisioning' }) },
    })
    expect(await end()).toMatchObject({ ended: false, verdict: 'waiting', canEndAt: span.from + shortestStayMs })
    expect(endings()).toBe(0)
  })
  test('that came to nothing right after the first five minutes was too soon', async () => {
    const from = start - shortestStayMs
    const deactivate = async (): Promise<PimRequest> => ({ ...firstRequest, status: 'failed' })
    const { end } = openEnding({ answers: { spans: async () => [{ ...span, from }], deactivate } })
    expect(await codeOf(end())).toBe('too-soon-to-end')
  })
})

describe('an ending is not sent', () => {
  test('where nothing lets the person in', async () => {
    const { end, sent } = openEnding({ answers: { spans: async () => [] } })
    expect(await end()).toMatchObject({ ended: false, verdict: 'failed', problem: { code: 'not-on' } })
    expect(sent).toEqual([])
  })
  test('where an administrator gave the access', async () => {
    const { end, sent } = openEnding({ answers: { spans: async () => [{ ...span, kind: 'assigned' }] } })
    expect(await end()).toMatchObject({ problem: { sentence: expect.stringContaining('only an administrator') } })
    expect(sent).toEqual([])
  })
  test('in the first five minutes, and the page says when they are over', async () => {
    const from = start - shortestStayMs + 1
    const { end, sent } = openEnding({ answers: { spans: async () => [{ ...span, from }] } })
    expect(await end()).toMatchObject({ problem: { code: 'too-soon-to-end' }, canEndAt: start + 1 })
    expect(sent).toEqual([])
  })
})

test('an ending is sent as soon as the first five minutes are over', async () => {
  const { end } = openEnding({ answers: { spans: async () => [{ ...span, from: start - shortestStayMs }] } })
  expect(await end()).toEqual({ ended: true })
})

describe('what the application remembers', () => {
  const nothingListed = { spans: async () => [] }
  test.each([
    ['a plan that goes on', planned(start + 1)],
    ['a membership', member],
  ])('is reason to send an ending that lists do not show: %s', async (_what, record) => {
    const { end, sent, ways } = openEnding({ answers: nothingListed, record })
    expect(await end()).toEqual({ ended: true })
    expect([sent.length, ways[0]]).toEqual([1, 'act'])
  })
  test('is reason to send it where a wish is on its way', async () => {
    const { begin, end, sent, ways } = openEnding({ answers: nothingListed })
    await begin({ stage: 'accepted', acceptedAt: start })
    expect(await end()).toEqual({ ended: true })
    expect([sent.length, ways[0]]).toEqual([1, 'act'])
  })
  test.each([
    ['is over', planned(start)],
    ['has no plan', {}],
  ])('is no reason where it %s, and asking counts against what the person may ask', async (_what, record) => {
    const { end, sent, ways } = openEnding({ answers: nothingListed, record })
    expect(await codeOf(end())).toBe('not-on')
    expect([sent, ways]).toEqual([[], [undefined]])
  })
})

describe('Microsoft says that access is off already', () => {
  const deactivate = () => Promise.reject(offAlready)
  test.each([
    ['lists', { deactivate }, undefined],
    ['the plan', { deactivate, spans: async () => [] }, planned(start + 1)],
  ])('which is an end where %s had it on', async (_what, answers, record) => {
    const { end, endings, records } = openEnding({ answers, ...(record && { record }) })
    expect(await end()).toEqual({ ended: true })
    expect(endings()).toBe(1)
    expect(records.at(-1)).toMatchObject({ event: 'endingCompleted', status: 'RoleAssignmentDoesNotExist' })
  })
  test('which ends nothing where something else lets the person in', async () => {
    const { end, endings } = openEnding({ answers: { deactivate, spans: async () => [] }, record: member })
    expect(await end()).toMatchObject({ ended: false, verdict: 'failed', problem: { code: 'not-on' } })
    expect(endings()).toBe(0)
  })
  test('and another refusal is no end', async () => {
    const refused = new GraphRefusal('ActiveDurationTooShort', { status: 400 })
    const { end, endings } = openEnding({ answers: { deactivate: () => Promise.reject(refused) } })
    expect(await end()).toMatchObject({ ended: false, verdict: 'failed', problem: { code: 'too-soon-to-end' } })
    expect(endings()).toBe(0)
  })
})

describe('Microsoft says nothing', () => {
  const extension: PimRequest = { ...firstRequest, id: 'next', status: 'granted', startsAt: start + 1 }
  test('about what is on, so nothing was changed', async () => {
    const told = await openEnding({ answers: { spans: silent } }).end()
    expect(told).toMatchObject({ ended: false, verdict: 'failed', problem: { code: 'busy' } })
    expect(JSON.stringify(told)).not.toContain('taken back')
  })
  test('while extensions are taken back, so one of them may be gone', async () => {
    const answers = { requests: async () => [extension], cancel: silent }
    const told = await openEnding({ answers }).end()
    expect(told).toMatchObject({
      ended: false,
      verdict: 'failed',
      problem: { code: 'busy', sentence: expect.stringContaining('may be taken back already') },
    })
  })
  test('about the ending itself, so it may have worked', async () => {
    const told = await openEnding({ answers: { deactivate: silent } }).end()
    expect(told).toMatchObject({ ended: false, verdict: 'unanswered', problem: { code: 'no-answer' } })
  })
  test('because it has too much to do, so it did nothing', async () => {
    const throttled = new NoAnswer('later', { kind: 'throttled' })
    const told = await openEnding({ answers: { deactivate: () => Promise.reject(throttled) } }).end()
    expect(told).toMatchObject({ ended: false, verdict: 'failed', problem: { code: 'busy' } })
  })
  test('and the extension that was to follow is gone before access ends', async () => {
    const { end, steps } = openEnding({
      answers: {
        requests: async () => [extension],
        cancel: async () => {},
        deactivate: async () => {
          steps.push('access is ended')
          return { ...firstRequest, status: 'revoked' }
        },
      },
    })
    await end()
    expect(steps).toEqual(['the extension is gone', 'access is ended'])
  })
})

describe('a wish', () => {
  test.each(['asking', 'waiting'] as const)('that is %s is asked about first', async stage => {
    const { begin, end, looked } = openEnding()
    const begun = await begin({ stage })
    await end()
    expect(looked).toEqual([[begun, 'at-once']])
  })
  test('that is in force has its result, so nobody asks about it', async () => {
    const { begin, end, looked } = openEnding()
    await begin({ stage: 'accepted', acceptedAt: start, status: 'provisioned' })
    await end()
    expect(looked).toEqual([])
  })
  test('that is over has its result, so nobody asks about it', async () => {
    const { begin, end, looked } = openEnding()
    await begin({ stage: 'over' })
    await end()
    expect(looked).toEqual([])
  })
  test('of which Microsoft says nothing does not keep the person from ending', async () => {
    const { begin, end } = openEnding({ look: silent })
    await begin({ stage: 'asking' })
    expect(await end()).toEqual({ ended: true })
  })
})

test('that Redis is away rises', async () => {
  const { end } = openEnding({ answers: { deactivate: () => Promise.reject(new Problem('redis-away')) } })
  await expect(end()).rejects.toMatchObject({ code: 'redis-away' })
})
