import { describe, expect, test } from 'vitest'
import { isPimNeeded } from '../../../src/gate/plan/when-to-ask.ts'
import type { Plan } from '../../../src/session/record/plan.ts'

const at = (clock: string) => Date.parse(`2026-03-02T${clock}Z`)
const no = { member: false, provenAt: at('13:00:10'), reason: 'not-in-group' } as const

describe('PIM itself must say how things stand', () => {
  const over: Plan = { askedAt: at('12:50:00'), from: at('12:00:00'), until: at('13:00:00') }
  const needed = (plan: Plan, now: string) => isPimNeeded(plan, no, { now: at(now), pimAskedAt: 0 })

  test('once past a known end, whenever it was asked before', () => {
    expect(needed(over, '13:00:10')).toBe(true)
  })
  test('and again ten seconds after it was asked past that end, not sooner', () => {
    const asked = { ...over, askedAt: at('13:00:05') }
    expect([needed(asked, '13:00:12'), needed(asked, '13:00:15')]).toEqual([false, true])
  })
  test('not while the period runs and nobody is at a seam', () => {
    expect(needed(over, '12:59:00')).toBe(false)
  })
})
