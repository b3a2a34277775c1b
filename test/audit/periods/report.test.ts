import { describe, expect, test } from 'vitest'
import { foldPeriods } from '../../../src/audit/periods/periods.ts'
import { reportOn } from '../../../src/audit/periods/report.ts'
import { besideSpan, monthOf, namedSpan } from '../../../src/audit/periods/span.ts'
import { actOf, ana, instant, kim, seenIn, seenOut, type Timed, trailOf, turnsOn } from './trail-of.ts'

const hour = 3_600_000
/** The report on the third of March, as of the end of that day. */
const reported = (...told: readonly Timed[]) =>
  reportOn(foldPeriods(trailOf(...told), instant('4 00:00')), {
    ...{ from: instant('3 00:00'), to: instant('4 00:00'), asOf: instant('4 00:00') },
    longerThanMs: 8 * hour,
  })
const kinds = (...told: readonly Timed[]) =>
  reported(...told).exceptions.map(({ kind, detail }) => `${kind} ${detail}`.trim())

describe('a span of time by its name', () => {
  test.each([
    ['2026-10', '2026-10-01', '2026-11-01', '2026-09', '2026-11'],
    ['2026-12', '2026-12-01', '2027-01-01', '2026-11', '2027-01'],
    ['2026-01', '2026-01-01', '2026-02-01', '2025-12', '2026-02'],
    ['2026-Q4', '2026-10-01', '2027-01-01', '2026-Q3', '2027-Q1'],
    ['2026-Q1', '2026-01-01', '2026-04-01', '2025-Q4', '2026-Q2'],
    ['2026', '2026-01-01', '2027-01-01', '2025', '2027'],
  ])('%s', (name, from, to, before, after) => {
    const span = namedSpan(name)
    expect(span).toEqual({ name, from: new Date(from), to: new Date(to) })
    expect(span && besideSpan(span)).toEqual({ before, after })
  })

  test.each(['', '2026-13', '2026-00', '2026-Q5', '2026-1', '1969', '20261', '2026-10-01', ' 2026'])('not “%s”', name =>
    expect(namedSpan(name)).toBeUndefined(),
  )
  test('the month of an instant', () => expect(monthOf(new Date('2026-10-31T23:59:59Z')).name).toBe('2026-10'))
})

describe('the totals of a gate', () => {
  test('count what reaches into the span, and only the time within it', () => {
    const { totals, periods } = reported(
      ['2 23:00', turnsOn('Completed', { act: 'a1', minutes: 120 })],
      ['2 10:00', turnsOn('Completed', { act: 'a2', minutes: 60 })],
      ['3 10:00', turnsOn('Completed', { act: 'a3', minutes: 60, actor: kim })],
      ['3 10:10', actOf('wrote', { page: '/refunds', method: 'POST', status: 303, actor: kim })],
      ['3 12:00', seenIn('3 12:00', { source: 'assigned', subject: { objectId: 'c' } })],
      ['3 13:00', seenOut('removed', '3 12:00', { subject: { objectId: 'c' } })],
      ['3 14:00', seenIn('3 14:00', { source: 'outside-pim', subject: { objectId: 'd' } })],
      ['3 15:00', seenIn('3 15:00', { source: 'role', subject: { objectId: 'e' } })],
      ['3 16:00', turnsOn('Failed', { act: 'a4', status: 'denied' })],
      ['3 16:00', turnsOn('Failed', { act: 'a5', status: 'ticket-missing' })],
      ['3 16:00', turnsOn('Failed', { act: 'a6', status: 'canceled' })],
      ['3 17:00', actOf('refused', { code: 'not-a-member' })],
      ['2 17:00', actOf('refused', { code: 'not-a-member' })],
    )
    expect(periods).toHaveLength(5)
    expect(totals).toEqual([
      {
        ...{ gate: 'members', people: 5, periods: 5, turnedOn: 2, assigned: 1, role: 1, pastPim: 1 },
        inMs: (1 + 1 + 1 + 10 + 9) * hour,
        ...{ denied: 1, refused: 1, otherwise: 1, refusedAtGate: 1, wrote: 1 },
      },
    ])
  })
})

describe('the people', () => {
  const given = (at: string, more = {}): Timed => [
    at,
    actOf('assignmentCompleted', { act: `g${at}`, actor: kim, subject: ana, kind: 'eligible', ...more }),
  ]
  const taken = (at: string): Timed => [
    at,
    actOf('removalCompleted', { act: `t${at}`, actor: kim, subject: ana, kind: 'eligible' }),
  ]
  const people = (...told: readonly Timed[]) =>
    reported(...told).population.map(({ person, mayTurnOn, periods }) => [person.called, mayTurnOn, periods])

  test('who was in', () => {
    expect(people(['3 10:00', turnsOn('Completed')])).toEqual([['Ana Costa', true, 1]])
    expect(people(['3 10:00', seenIn('3 10:00', { source: 'outside-pim' })])).toEqual([['Ana Costa', false, 1]])
  })
  test('who could have been', () => {
    expect(people(given('2 10:00'))).toEqual([['Ana Costa', true, 0]])
    expect(people(given('2 10:00'), taken('3 10:00'))).toEqual([['Ana Costa', true, 0]])
  })
  test('not whose permission was over before, or came later', () => {
    expect(people(given('2 10:00'), taken('2 11:00'))).toEqual([])
    expect(people(given('2 10:00', { until: '2026-03-02T12:00:00Z' }))).toEqual([])
    expect(people(given('4 00:00'))).toEqual([])
  })
})

describe('an exception', () => {
  test('is a period without a ticket, unless nobody could give one', () => {
    expect(kinds(['3 10:00', turnsOn('Completed', { ticket: undefined })])).toEqual(['no ticket'])
    expect(kinds(['3 10:00', turnsOn('Completed')])).toEqual([])
    expect(kinds(['3 10:00', seenIn('3 10:00', { source: 'role' })])).not.toContain('no ticket')
  })
  test('is a period not through PIM', () => {
    expect(kinds(['3 20:00', seenIn('3 20:00', { source: 'outside-pim' })])).toEqual(['not through PIM'])
  })
  test('is a period of more hours than that', () => {
    expect(kinds(['3 10:00', turnsOn('Completed', { minutes: 480 })])).toEqual([])
    expect(kinds(['3 10:00', turnsOn('Completed', { minutes: 481 })])).toEqual(['long'])
  })
  test('is who stands on both sides', () => {
    const approval = actOf('approvalCompleted', { act: 'b', subject: ana, request: 'r-1' })
    expect(kinds(['3 09:00', approval], ['3 10:00', turnsOn('Completed', { request: 'r-1' })])).toEqual([
      'own approved by the same person',
    ])
    const permission = actOf('assignmentCompleted', { act: 'c', subject: ana, kind: 'eligible' })
    expect(kinds(['2 09:00', permission], ['3 10:00', turnsOn('Completed')])).toEqual([
      'own permission given by the same person',
    ])
    expect(kinds(['2 09:00', { ...permission, actor: kim }], ['3 10:00', turnsOn('Completed')])).toEqual([])
    const active = actOf('assignmentCompleted', { act: 'd', subject: ana, kind: 'active', ticket: 'CHG-1' })
    expect(kinds(['3 20:00', active])).toEqual(['own given by the same person'])
  })
  test('is a request that was denied or refused, with who or what did', () => {
    expect(kinds(['3 10:00', turnsOn('Failed', { status: 'denied', by: kim })])).toEqual(['denied by Kim Roe'])
    expect(kinds(['3 10:00', turnsOn('Failed', { status: 'ticket-missing' })])).toEqual(['refused ticket-missing'])
    expect(kinds(['3 10:00', turnsOn('Failed', { status: 'canceled' })])).toEqual([])
  })
  test('is a refusal at the gate, told once with its number', () => {
    const refused = actOf('refused', { code: 'not-a-member' })
    expect(reported(['3 10:00', refused], ['3 11:00', refused]).exceptions).toMatchObject([
      { kind: 'refused at the gate', detail: 'not-a-member (2 times)', records: [0, 1], at: instant('3 10:00') },
    ])
  })
})
