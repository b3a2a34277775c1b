import { expect, test } from 'vitest'
import type { Recheck } from '../../../src/gate/asking/answer.ts'
import { createOwnToken } from '../../../src/gate/asking/own-token.ts'
import type { GateRecord } from '../../../src/session/record/at-gate.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const answered: Recheck = { record: {} as GateRecord }
const answers = [
  ['the session goes on', answered],
  ['the session is over', 'over'],
] as const

/** The person's own token, with Entra giving these answers in turn. */
function asking(...inTurn: Recheck[]) {
  const asked: unknown[] = []
  const recheck = async (...question: unknown[]) => {
    asked.push(question)
    return inTurn.shift() ?? 'unanswered'
  }
  return { asked, own: createOwnToken({ now: () => now, recheck }) }
}

test('a session of which Entra was never asked was not asked about in vain', () => {
  expect(asking().own.triedAt('ana')).toBe(0)
})

test.for([...answers, ['nothing', 'unanswered']] as const)(
  'the caller hears what Entra said: %s',
  async ([, answer]) => {
    expect(await asking(answer).own.ask('ana', now)).toBe(answer)
  },
)

test('Entra is asked about this session, unless something newer is known', async () => {
  const { own, asked } = asking(answered)
  await own.ask('ana', now - 60_000)
  expect(asked).toEqual([['ana', now - 60_000]])
})

test('a question without an answer was in vain, as of now', async () => {
  const { own } = asking('unanswered')
  await own.ask('ana', 0)
  expect(own.triedAt('ana')).toBe(now)
})

test('a question about one session is not in vain for another', async () => {
  const { own } = asking('unanswered')
  await own.ask('ana', 0)
  expect(own.triedAt('bert')).toBe(0)
})

test.for(answers)('an answer is not in vain: %s', async ([, answer]) => {
  const { own } = asking(answer)
  await own.ask('ana', 0)
  expect(own.triedAt('ana')).toBe(0)
})

test.for(answers)('an answer makes up for what was in vain before: %s', async ([, answer]) => {
  const { own } = asking('unanswered', answer)
  await own.ask('ana', 0)
  await own.ask('ana', 0)
  expect(own.triedAt('ana')).toBe(0)
})
