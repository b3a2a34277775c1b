import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Rechecked, Wanted } from '../../../src/gate/asking/answer.ts'
import { createSingleFlight } from '../../../src/gate/asking/single-flight.ts'
import type { TurnLimits } from '../../../src/gate/asking/turns.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

type Answer = Rechecked<SessionRecord>
const provenAt = (at: number): Answer => ({ record: { signedInAt: at } as SessionRecord })
const never: TurnLimits = { atOnce: 0, waiting: 0, longestWaitMs: 1 }

/**
 * Questions that are answered when they are told to. At the gate `members` a record here was proven when it was signed
 * in, at any other when it was last seen.
 */
function flight(limits?: TurnLimits) {
  type Question = { id: string; wanted: Wanted; answer: (answer: Answer) => void; fail: (error: Error) => void }
  const questions: Question[] = []
  const begun: string[] = []
  const warned: unknown[] = []
  const ask = createSingleFlight({
    ask: (id, wanted) => new Promise((answer, fail) => questions.push({ id, wanted, answer, fail })),
    isProvenSince: (_id, { signedInAt, lastSeenAt }, { gate, provenAfter }) =>
      (gate === 'members' ? signedInAt : lastSeenAt) > provenAfter,
    onBegin: id => void begun.push(id),
    log: { warn: (line: unknown) => void warned.push(line) } as never,
    limits,
  })
  const recheck = (id: string, provenAfter: number, gate = 'members') => ask(id, { gate, provenAfter })
  const asked = (count: number) => vi.waitFor(() => expect(questions).toHaveLength(count))
  return { questions, begun, warned, recheck, asked }
}

test('requests that come while a session is asked about share the answer', async () => {
  const { questions, recheck, asked } = flight()
  const all = [recheck('ana', 5), recheck('ana', 5), recheck('ana', 5)]
  await asked(1)
  questions[0]?.answer(provenAt(6))
  expect(await Promise.all(all)).toEqual([provenAt(6), provenAt(6), provenAt(6)])
  expect(questions).toHaveLength(1)
})

describe('what is wanted for one gate while a session is asked about for another', () => {
  const provenAtEach = (members: number, others: number): Answer => ({
    record: { signedInAt: members, lastSeenAt: others } as SessionRecord,
  })

  test('shares the answer, where it proves both gates', async () => {
    const { questions, recheck, asked } = flight()
    const all = [recheck('ana', 5), recheck('ana', 5, 'operators')]
    await asked(1)
    questions[0]?.answer(provenAtEach(6, 6))
    expect(await Promise.all(all)).toEqual([provenAtEach(6, 6), provenAtEach(6, 6)])
    expect(questions).toHaveLength(1)
  })

  test('is asked for anew, where the answer proves the other gate alone', async () => {
    const { questions, recheck, asked } = flight()
    const all = [recheck('ana', 5), recheck('ana', 5, 'operators')]
    await asked(1)
    questions[0]?.answer(provenAtEach(6, 0))
    await asked(2)
    questions[1]?.answer(provenAtEach(6, 7))
    expect(await Promise.all(all)).toEqual([provenAtEach(6, 0), provenAtEach(6, 7)])
  })
})

test('a question is told what it is asked for', async () => {
  const { questions, recheck, asked } = flight()
  void recheck('ana', 5, 'operators')
  await asked(1)
  expect(questions[0]?.wanted).toEqual({ gate: 'operators', provenAfter: 5 })
})

test('another session is asked about meanwhile', async () => {
  const { questions, recheck, asked } = flight()
  void recheck('ana', 5)
  void recheck('bert', 5)
  await asked(2)
  expect(questions.map(({ id }) => id)).toEqual(['ana', 'bert'])
})

test('an answer that is too old for those who waited has one more question asked, for all of them', async () => {
  const { questions, recheck, asked } = flight()
  const early = recheck('ana', 5)
  const late = [recheck('ana', 6), recheck('ana', 6)]
  await asked(1)
  questions[0]?.answer(provenAt(6))
  await asked(2)
  questions[1]?.answer(provenAt(7))
  expect(await Promise.all([early, ...late])).toEqual([provenAt(6), provenAt(7), provenAt(7)])
  expect(questions).toHaveLength(2)
})

test.for(['over', 'unanswered'] as const)('everybody who waited hears that a session is %s', async answer => {
  const { questions, recheck, asked } = flight()
  const all = [recheck('ana', 5), recheck('ana', 6)]
  await asked(1)
  questions[0]?.answer(answer)
  expect(await Promise.all(all)).toEqual([answer, answer])
  expect(questions).toHaveLength(1)
})

test('a session is asked about anew once its question is answered', async () => {
  const { questions, recheck, asked } = flight()
  const first = recheck('ana', 5)
  await asked(1)
  questions[0]?.answer(provenAt(6))
  await first
  void recheck('ana', 5)
  await asked(2)
})

test('a question that failed is not in the way of the next', async () => {
  const { questions, recheck, asked } = flight()
  const first = recheck('ana', 5).catch(error => error)
  await asked(1)
  questions[0]?.fail(new Error('a bug'))
  expect(await first).toEqual(new Error('a bug'))
  void recheck('ana', 5)
  await asked(2)
})

test('a question is told of as it begins, before its turn comes', async () => {
  const { begun, recheck, asked } = flight({ atOnce: 1, waiting: 1, longestWaitMs: 60_000 })
  void recheck('ana', 5)
  void recheck('bert', 5)
  await asked(1)
  expect(begun).toEqual(['ana', 'bert'])
})

test('fifty sessions are asked about at once, and the next one waits for its turn', async () => {
  const { questions, recheck, asked } = flight()
  const all = Array.from({ length: 51 }, (_, index) => recheck(`session ${index}`, 5))
  await asked(50)
  for (const { answer } of questions) answer('unanswered')
  await asked(51)
  questions[50]?.answer('over')
  expect(await all[50]).toBe('over')
})

test('a session that gets no turn stays as it was', async () => {
  expect(await flight(never).recheck('ana', 5)).toBe('unanswered')
})

test('the log says within which limits the sessions are crowded', async () => {
  const { recheck, warned } = flight(never)
  await recheck('ana', 5)
  expect(warned).toEqual([{ event: 'rechecks-crowded', ...never }])
})

test('the log says once a minute that sessions are crowded', async () => {
  const { recheck, warned } = flight(never)
  await recheck('ana', 5)
  vi.advanceTimersByTime(60_000)
  await recheck('bert', 5)
  expect(warned).toHaveLength(1)
  vi.advanceTimersByTime(1)
  await recheck('ana', 5)
  expect(warned).toHaveLength(2)
})
