import { expect, test } from 'vitest'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { Problem } from '../../../src/errors.ts'
import { createPauses } from '../../../src/gate/asking/pauses.ts'
import { busy } from './refusals.ts'

const silent = new Problem('entra-unreachable', { cause: new NoAnswer('silence') })
const toLater = new Problem('entra-unreachable', { cause: new NoAnswer('status 429', { retryAfterMs: 17_000 }) })
const after = (...problems: readonly Problem[]) => {
  const pauses = createPauses()
  return problems.map(problem => pauses.after('ana', problem))
}

test('Entra is left alone for as long as it asks', () => {
  expect(after(toLater)).toEqual([17_000])
})

test('Entra is left alone for half a minute where only an administrator can help', () => {
  expect(after(new Problem('too-many-groups'))).toEqual([30_000])
})

test('Entra is left alone for five seconds each time that it was silent', () => {
  expect(after(silent, silent, silent)).toEqual([5_000, 5_000, 5_000])
})

test('Entra that has too much to do is left alone twice as long each time, up to a minute', () => {
  expect(after(busy, busy, busy, busy, busy, busy)).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
})

test('an answer makes the next pause a short one', () => {
  const pauses = createPauses()
  pauses.after('ana', busy)
  pauses.answered('ana')
  expect(pauses.after('ana', busy)).toBe(5_000)
})

test('the pauses of one session do not lengthen those of another', () => {
  const pauses = createPauses()
  pauses.after('ana', busy)
  expect(pauses.after('bert', busy)).toBe(5_000)
})

test('an answer about one session leaves the pauses of another as they are', () => {
  const pauses = createPauses()
  pauses.after('ana', busy)
  pauses.answered('bert')
  expect(pauses.after('ana', busy)).toBe(10_000)
})
