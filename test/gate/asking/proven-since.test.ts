import { describe, expect, test } from 'vitest'
import { clockToleranceMs } from '../../../src/clock.ts'
import { createProvenSince } from '../../../src/gate/asking/proven-since.ts'
import { longestNoMs } from '../../../src/gate/freshness.ts'
import type { GateRecord } from '../../../src/session/record/at-gate.ts'
import type { Membership } from '../../../src/session/record/membership.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const yes = (provenAt: number): Membership => ({ member: true, provenAt })
const no = (provenAt: number): Membership => ({ member: false, provenAt, reason: 'not-in-group' })

type Asked = { membership: Membership; provenAfter?: number; askedAt?: number; heardAt?: number }
function isProven({ membership, provenAfter = now - 1_000, askedAt, heardAt = 0 }: Asked): boolean {
  const proven = createProvenSince({ now: () => now, heardAt: () => heardAt })
  if (askedAt !== undefined) proven.note('s', askedAt)
  return proven.isProvenSince('s', { membership } as GateRecord, provenAfter)
}

test('of an unknown membership nothing is proven, even where Entra was asked a moment ago', () => {
  expect(isProven({ membership: 'unknown', askedAt: now })).toBe(false)
})

test.for<[string, number, boolean]>([
  ['after the instant is proven since', now - 999, true],
  ['of the very instant is not', now - 1_000, false],
  ['dated as far ahead as clocks may differ is', now + clockToleranceMs, true],
  ['dated further ahead is not', now + clockToleranceMs + 1, false],
])('a "yes" %s', ([, provenAt, expected]) => {
  expect(isProven({ membership: yes(provenAt) })).toBe(expected)
})

test('an old "yes" is not proven since because Entra was asked a moment ago', () => {
  expect(isProven({ membership: yes(now - 2_000), askedAt: now })).toBe(false)
})

describe('a "no"', () => {
  test.for<[string, number, boolean]>([
    ['after the instant is proven since', now - 999, true],
    ['of now is', now, true],
    ['of the very instant is not', now - 1_000, false],
    ['dated ahead is not', now + 1, false],
  ])('%s', ([, provenAt, expected]) => {
    expect(isProven({ membership: no(provenAt) })).toBe(expected)
  })

  test.for<[string, number, boolean]>([
    ['after the instant is proven since', now - 999, true],
    ['at the very instant is not', now - 1_000, false],
  ])('dated ahead of which Entra was asked here %s', ([, askedAt, expected]) => {
    expect(isProven({ membership: no(now + 1), askedAt })).toBe(expected)
  })

  test.for<[string, number, boolean]>([
    ['within the seconds that a "no" counts', now - longestNoMs + 1, true],
    ['longer ago', now - longestNoMs, false],
  ])('dated ahead is proven since a distant instant only when Entra was asked here %s', ([, askedAt, expected]) => {
    expect(isProven({ membership: no(now + 1), provenAfter: 1, askedAt })).toBe(expected)
  })
})

describe('an announcement that is still to come for us', () => {
  const provenAfter = now + 500
  test('is answered by what was asked since we heard of it', () => {
    expect(isProven({ membership: no(now - 1), provenAfter, askedAt: now - 99, heardAt: now - 100 })).toBe(true)
  })

  test('is not answered by what was asked before', () => {
    expect(isProven({ membership: no(now - 1), provenAfter, askedAt: now - 100, heardAt: now - 100 })).toBe(false)
  })
})

test('what was heard of does not count for an instant of now', () => {
  expect(isProven({ membership: no(now - 1), provenAfter: now, askedAt: now, heardAt: now - 100 })).toBe(false)
})

test('a question dated ahead counts as one of now', () => {
  const past = { membership: no(now - 1), provenAfter: now, askedAt: now + 1 }
  expect(isProven(past)).toBe(false)
})
