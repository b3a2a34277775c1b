import { describe, expect, test } from 'vitest'
import { defaultGivingRules, givingRulesOf } from '../../../src/entra/pim/giving-rules.ts'
import { endAfter, endFault, endOfDay, lengthsFor, lengthsOver } from '../../../src/pim/administration/ends.ts'
import { longestInWords, namedPeople, readGiving, typedGiving, whoFault } from '../../../src/pim/administration/form.ts'

const now = Date.parse('2026-03-02T12:00:30Z')
const minute = 60_000
const day = 24 * 60
const reason = 'Joins the refunds rota, agreed with Lee Park'
const form = { kind: 'eligible', eligibleFor: String(90 * day), activeFor: '480', reason }
const free = { reason: false, ticket: false, mfa: false }
const rules = { eligible: { ...free, longestMinutes: 365 * day }, active: { ...free, longestMinutes: 180 * day } }
const read = (more: object = {}, of = rules) => readGiving({ ...form, ...more }, of, now)
const errorsOf = (...of: Parameters<typeof read>) => {
  const found = read(...of)
  return 'errors' in found ? found.errors : {}
}

describe('the form for giving access', () => {
  test('gives what was chosen until the minute that it is over', () => {
    expect(read({ ticket: ' CHG-1 ' })).toEqual({
      giving: { kind: 'eligible', reason, ticket: 'CHG-1', until: Date.parse('2026-05-31T12:00:00Z') },
    })
    expect(read({ kind: 'active' })).toMatchObject({ giving: { until: Date.parse('2026-03-02T20:00:00Z') } })
  })

  test('takes a day in place of a length, and the end that was seen in place of both', () => {
    expect(read({ untilDate: ' 2026-03-31 ' })).toMatchObject({ giving: { until: Date.parse('2026-03-31T23:59:00Z') } })
    const seen = { until: '2026-04-01T10:00:00.000Z', untilDate: '2026-03-31' }
    expect(read(seen)).toMatchObject({ giving: { until: Date.parse('2026-04-01T10:00:00Z') } })
  })

  test('gives access without an end only where the policy needs none', () => {
    const unbounded = { ...rules, eligible: free }
    for (const wish of [{ eligibleFor: 'none' }, { until: 'none' }]) {
      expect(read(wish, unbounded as never)).toEqual({ giving: { kind: 'eligible', reason } })
      expect(errorsOf(wish)).toEqual({ until: 'An end is needed, after 365 days at the latest.' })
    }
  })

  test.each([
    [{ kind: 'permanent' }, { kind: 'Choose how they get it.' }],
    [{ reason: 'too short' }, { reason: expect.stringContaining('Say why they get it and who agreed') }],
    [{ reason: 'access access access' }, { reason: expect.stringContaining('at least 10 characters') }],
    [{ reason: 'x'.repeat(501) }, { reason: 'Use at most 500 characters. There are 501 now.' }],
    [{ ticket: 'x'.repeat(101) }, { ticket: 'Use at most 100 characters. There are 101 now.' }],
    [{ eligibleFor: '' }, { until: expect.stringContaining('such as 2027-03-31') }],
    [{ eligibleFor: '-5' }, { until: expect.stringContaining('such as') }],
    [{ eligibleFor: '12345678' }, { until: expect.stringContaining('such as') }],
    [{ untilDate: '31.3.2026' }, { until: expect.stringContaining('such as') }],
    [{ until: '2026-13-01T10:00:00.000Z' }, { until: expect.stringContaining('such as') }],
    [{ until: 'tomorrow' }, { until: expect.stringContaining('such as') }],
    [{ untilDate: '2027-03-03' }, { until: 'The longest that is allowed is 365 days. Choose an earlier end.' }],
    [{ untilDate: '2026-03-01' }, { until: expect.stringContaining('less than five minutes') }],
  ])('refuses %j', (more, errors) => {
    expect(errorsOf(more)).toEqual(errors)
  })

  test('wants a ticket where the policy of that kind does', () => {
    const asking = { ...rules, active: { ...rules.active, ticket: true } }
    expect([errorsOf({ kind: 'active' }, asking), errorsOf({}, asking)]).toEqual([
      { ticket: 'A ticket is needed, for example INC-20931.' },
      {},
    ])
  })

  test('is read field by field, and a field that was sent twice counts as empty', () => {
    expect(typedGiving({ who: 'ben', reason: ['a', 'b'], other: 'x' })).toEqual({
      who: 'ben',
      gate: '',
      kind: '',
      eligibleFor: '',
      activeFor: '',
      untilDate: '',
      reason: '',
      ticket: '',
      change: '',
    })
  })
})

describe('the people that a form names', () => {
  test('stand one a line, each once, and as mail programs copy them', () => {
    expect(
      namedPeople(' Ben Okafor \r\n\n"Okafor, Ben" <ben@contoso.example>; lena@contoso.example\nBen  Okafor'),
    ).toEqual(['Ben Okafor', 'ben@contoso.example', 'lena@contoso.example'])
    expect(namedPeople('x'.repeat(300))).toEqual(['x'.repeat(200)])
    expect(namedPeople('a\u202Eb\u0000c')).toEqual(['ab c'])
  })

  test('are one at least and fifty at most', () => {
    const of = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`)
    expect([whoFault(of(0)), whoFault(of(1)), whoFault(of(50)), whoFault(of(51))]).toEqual([
      'Write a name, an address or an object id.',
      undefined,
      undefined,
      'Name at most 50 people at once. There are 51 now.',
    ])
  })
})

describe('the lengths on offer', () => {
  test('are those below the longest, and the longest; an end is optional only without one', () => {
    expect(lengthsFor('eligible', [{ ...free, longestMinutes: 60 * day }])).toEqual({
      choices: [7 * day, 30 * day, 60 * day],
      proposed: 7 * day,
    })
    expect(lengthsFor('active', [free])).toEqual({
      choices: [60, 240, 480, day, 7 * day, 30 * day, 'none'],
      proposed: 480,
    })
  })

  test('are those that one of several gates allows', () => {
    const short = { eligible: { ...free, longestMinutes: 7 * day }, active: { ...free, longestMinutes: 60 } }
    expect(lengthsOver([short, rules])).toEqual({
      eligible: lengthsFor('eligible', [rules.eligible]),
      active: lengthsFor('active', [rules.active]),
    })
  })

  test('end a moment before the policy’s longest is over, by whichever clock', () => {
    const exact = Date.parse('2026-03-02T12:00:00Z')
    expect(endAfter(60, { ...free, longestMinutes: 60 }, exact)).toBe(exact + 59 * minute)
    expect(endAfter(30, { ...free, longestMinutes: 60 }, exact)).toBe(exact + 30 * minute)
    expect(endAfter(60, free, exact)).toBe(exact + 60 * minute)
  })

  test('are faulty by the policy’s longest, and below five minutes', () => {
    const rule = { ...free, longestMinutes: 60 }
    const faults = [undefined, now + 5 * minute - 1, now + 5 * minute, now + 60 * minute, now + 60 * minute + 1]
    expect(faults.map(until => endFault(until, rule, now))).toEqual([
      'end-needed',
      'too-short',
      undefined,
      undefined,
      'too-long',
    ])
    expect([endFault(undefined, free, now), endFault(now + 1e12, free, now)]).toEqual([undefined, undefined])
  })

  test('of a day end in its last minute, and no day is what no calendar has', () => {
    expect(endOfDay('2026-02-28')).toBe(Date.parse('2026-02-28T23:59:00Z'))
    expect(['2026-02-30', '2026-2-3', 'x2026-02-28', '2026-02-28x', ''].map(endOfDay)).toEqual(Array(5).fill(undefined))
  })

  test('are said in days where they are whole days', () => {
    expect([day, 90 * day, 480, day + 60].map(longestInWords)).toEqual(['1 day', '90 days', '8 hours', '25 hours'])
  })
})

describe('the policy for administrators', () => {
  const rule = (id: string, more: object) => ({ id, ...more })
  test('is read of each kind by itself, in whatever case', () => {
    expect(
      givingRulesOf([
        rule('expiration_admin_eligibility', { isExpirationRequired: false, maximumDuration: 'P365D' }),
        rule('Enablement_Admin_Eligibility', { enabledRules: ['justification', 'TICKETING', 7] }),
        rule('Expiration_Admin_Assignment', { isExpirationRequired: true, maximumDuration: 'P15D' }),
        rule('Enablement_Admin_Assignment', { enabledRules: ['MultiFactorAuthentication'] }),
        rule('Expiration_EndUser_Assignment', { isExpirationRequired: true, maximumDuration: 'PT1H' }),
      ]),
    ).toEqual({
      eligible: { reason: true, ticket: true, mfa: false },
      active: { longestMinutes: 15 * day, reason: false, ticket: false, mfa: true },
    })
  })

  test('is PIM’s default where a rule is missing or cannot be read', () => {
    const unreadable = [
      null,
      7,
      rule('Enablement_Admin_Assignment', { enabledRules: 'all' }),
      rule('Expiration_Admin_Assignment', { maximumDuration: 'P1Y' }),
    ]
    for (const rules of [defaultGivingRules, givingRulesOf(unreadable)])
      expect(rules).toEqual({
        eligible: { longestMinutes: 365 * day, reason: false, ticket: false, mfa: false },
        active: { longestMinutes: 180 * day, reason: true, ticket: false, mfa: false },
      })
  })
})
