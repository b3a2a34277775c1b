import { describe, expect, test } from 'vitest'
import { atEachGate, atGate, factsAt, withGate } from '../../../src/session/record/at-gate.ts'
import type { GateFacts, SessionRecord } from '../../../src/session/record/record.ts'
import { recordAt, yes } from '../../support/alice.ts'

const start = Date.parse('2026-03-02T12:00:00Z')
const plan = { askedAt: start, until: start + 1 }
const unknown: GateFacts = { membership: 'unknown' }
const gates = { members: yes(start), operators: { ...yes(start - 1), plan } }
const record: SessionRecord = { ...recordAt(start), gates, ownProvenAt: start }
const { gates: _, ...person } = record

describe('a session as one gate sees it', () => {
  test('is its person, with the facts of this gate and of no other', () => {
    expect(atGate(record, 'members')).toStrictEqual({ ...person, ...gates.members })
    expect(atGate(record, 'operators')).toStrictEqual({ ...person, ...gates.operators })
  })

  test.for(['auditors', 'constructor', 'toString'])(
    'knows nothing at the gate %s, which nobody asked about',
    (gate, { expect }) => {
      expect([factsAt(record, gate), atGate(record, gate)]).toStrictEqual([unknown, { ...person, ...unknown }])
    },
  )

  test('has its facts at a gate called constructor', () => {
    const known = withGate(record, 'constructor', { ...atGate(record, 'constructor'), ...gates.operators })
    expect(factsAt(known, 'constructor')).toEqual(gates.operators)
  })
})

describe('a session whose view at one gate changed', () => {
  test('has the new facts of this gate, and those of the others as they were', () => {
    const changed = withGate(record, 'members', { ...atGate(record, 'members'), membership: 'unknown', plan })
    expect(changed).toStrictEqual({ ...record, gates: { ...gates, members: { membership: 'unknown', plan } } })
  })

  test('has what changed of its person', () => {
    const changed = withGate(record, 'members', { ...atGate(record, 'members'), ownProvenAt: start + 1 })
    expect(changed).toStrictEqual({ ...record, ownProvenAt: start + 1 })
  })

  test('has no plan where the view has none any more', () => {
    const { plan: _, ...view } = atGate(record, 'operators')
    expect(withGate(record, 'operators', view).gates).toStrictEqual({ ...gates, operators: yes(start - 1) })
  })

  test('is as it was where the view is as it was', () => {
    for (const gate of ['members', 'operators'])
      expect(withGate(record, gate, atGate(record, gate))).toStrictEqual(record)
  })
})

test('a session changes at each of the gates that are named, and at no other', () => {
  const seen: string[] = []
  const changed = atEachGate(record, ['members', 'auditors'], (view, gate) => {
    seen.push(gate)
    return { ...view, plan: { askedAt: view.plan?.askedAt ?? seen.length } }
  })
  expect(changed.gates).toStrictEqual({
    members: { ...gates.members, plan: { askedAt: 1 } },
    operators: gates.operators,
    auditors: { ...unknown, plan: { askedAt: 2 } },
  })
  expect(seen).toEqual(['members', 'auditors'])
})
