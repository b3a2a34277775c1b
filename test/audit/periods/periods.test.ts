import { describe, expect, test } from 'vitest'
import type { Period, TrailEntry } from '../../../src/audit/periods/period.ts'
import { foldPeriods } from '../../../src/audit/periods/periods.ts'
import { actOf, ana, instant, kim, seenIn, seenOut, type Timed, trailOf, turnsOn } from './trail-of.ts'

const foldedAt = (asOf: string, ...told: readonly Timed[]) => foldPeriods(trailOf(...told), instant(asOf))
const hhmm = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString().slice(11, 16))
/** A period as one would say it. */
const said = ({ how, since, end, ended, extensions }: Period) =>
  [how, hhmm(since) ?? '?', hhmm(end) ?? 'on', ended?.how, extensions > 0 ? `+${extensions}` : '']
    .filter(Boolean)
    .join(' ')
const periodsAt = (asOf: string, ...told: readonly Timed[]) => foldedAt(asOf, ...told).periods.map(said)

const requested = ['10:00:00', turnsOn('Requested')] as const
const completed = ['10:00:02', turnsOn('Completed', { request: 'r-1' })] as const
const seen = ['10:00:25', seenIn('10:00:01', { until: '2026-03-02T11:00:01.000Z', request: 'r-1' })] as const
const ended = (at: string, more = {}) =>
  [at, actOf('endingCompleted', { act: 'act-9', status: 'revoked', ...more })] as const

describe('where a period begins', () => {
  test.each<[string, string[], readonly Timed[]]>([
    ['an act and what was seen of it are one', ['turned on 10:00 on'], [requested, completed, seen]],
    ['an act alone is one', ['turned on 10:00 on'], [requested, completed]],
    ['the outcome of an act alone is one', ['turned on 10:00 on'], [completed]],
    ['what was seen alone is one: it was turned on in the portal', ['turned on 10:00 on'], [seen]],
    ['what was seen twice is one', ['turned on 10:00 on'], [seen, ['10:05', seen[1]]]],
    ['an act that was only asked for is none', [], [requested]],
    [
      'an act without an answer is one, where it was seen',
      ['turned on 10:00 on'],
      [
        requested,
        ['10:00:09', turnsOn('Unanswered')],
        ['10:00:25', seenIn('10:00:01', { until: '2026-03-02T11:00:01Z' })],
      ],
    ],
    [
      'an act that failed is none, and what was seen then is another',
      ['turned on 10:00 on'],
      [requested, ['10:00:02', turnsOn('Failed', { status: 'PolicyRuleFailed' })], seen],
    ],
    [
      'an act that was found out hours later is what was seen at its time',
      ['turned on 09:00 on'],
      [
        ['08:30', turnsOn('Requested')],
        ['08:31', turnsOn('Waiting', { request: 'r-1' })],
        ['09:00:20', seenIn('09:00', { until: '2026-03-02T12:00:00Z' })],
        ['10:00', turnsOn('Completed', { request: 'r-1', minutes: 180 })],
      ],
    ],
    [
      'two requests are two periods, however near',
      ['turned on 10:00 10:02 unknown', 'turned on 10:02 on'],
      [
        ['10:00:25', seenIn('10:00', { until: '2026-03-02T11:00:00Z', request: 'r-1' })],
        ['10:02:25', seenIn('10:02:10', { until: '2026-03-02T11:02:00Z', request: 'r-2' })],
      ],
    ],
    [
      'without an instant it begins when it was seen',
      ['not through PIM 10:00 on'],
      [['10:00', seenIn(undefined, { source: 'outside-pim' })]],
    ],
    [
      'their own token says what is known',
      ['turned on 10:00 on'],
      [requested, completed, ['10:10', seenIn('10:10', { source: 'token' })]],
    ],
    ['an app role', ['role 09:00 on'], [['10:00', seenIn('09:00', { source: 'role' })]]],
    [
      'given by an administrator, and seen',
      ['assigned 10:00 on'],
      [
        ['10:00:03', actOf('assignmentCompleted', { actor: kim, subject: ana, kind: 'active' })],
        ['10:00:20', seenIn('10:00:02', { source: 'assigned' })],
      ],
    ],
    [
      'a permission to turn it on is none',
      [],
      [['10:00:03', actOf('assignmentCompleted', { actor: kim, subject: ana, kind: 'eligible' })]],
    ],
    [
      'turning on beside being given it is another',
      ['assigned 09:00 on', 'turned on 10:00 on'],
      [['09:00', seenIn('09:00', { source: 'assigned' })], completed],
    ],
    [
      'another gate is another',
      ['turned on 10:00 on', 'turned on 10:00 on'],
      [completed, ['10:00:02', { ...seen[1], gate: 'operators' }]],
    ],
    [
      'an act that came too late because access was on already adds none',
      ['turned on 09:50 on'],
      [
        ['09:50:20', seenIn('09:50', { until: '2026-03-02T11:50:00Z' })],
        ['10:10', turnsOn('Requested')],
        ['10:10:02', turnsOn('Completed')],
      ],
    ],
  ])('%s', (_, expected, told) => {
    expect(periodsAt('10:30', ...told)).toEqual(expected)
  })
})

describe('where a period ends', () => {
  test.each<[string, string, readonly Timed[]]>([
    ['its time was up, and nobody saw it', 'turned on 10:00 11:00 ran out', [seen]],
    [
      'its time was up, and that was seen later',
      'turned on 10:00 11:00 ran out',
      [seen, ['11:20', seenOut('ran-out', '10:00:01')]],
    ],
    [
      'its time was up, and the roster knew no more than that it was over',
      'turned on 10:00 11:00 ran out',
      [seen, ['11:20', seenOut('unknown')]],
    ],
    ['the person ended it here', 'turned on 10:00 10:20 by the person', [seen, ended('10:20')]],
    [
      'the person ended it here, and that was seen',
      'turned on 10:00 10:20 by the person',
      [seen, ended('10:20'), ['10:20:30', seenOut('ended')]],
    ],
    [
      'the person ended it in the portal',
      'turned on 10:00 10:20 by the person',
      [seen, ['10:20:30', seenOut('ended', '10:00:01')]],
    ],
    [
      'an ending that failed ends nothing',
      'turned on 10:00 11:00 ran out',
      [seen, ['10:20', actOf('endingFailed', { act: 'act-9' })]],
    ],
    [
      'an ending without an answer ends nothing by itself',
      'turned on 10:00 11:00 ran out',
      [seen, ['10:20', actOf('endingUnanswered', { act: 'act-9' })]],
    ],
    [
      'an administrator ended it here',
      'turned on 10:00 10:20 by an administrator',
      [seen, ['10:20', actOf('removalCompleted', { act: 'act-9', actor: kim, subject: ana, kind: 'active' })]],
    ],
    [
      'taking away the permission to turn it on ends nothing',
      'turned on 10:00 11:00 ran out',
      [seen, ['10:20', actOf('removalCompleted', { act: 'act-9', actor: kim, subject: ana, kind: 'eligible' })]],
    ],
    ['it was taken away elsewhere', 'turned on 10:00 10:20 by an administrator', [seen, ['10:20', seenOut('removed')]]],
    [
      'it was seen late, with the instant',
      'turned on 10:00 10:20 by an administrator',
      [seen, ['10:22', seenOut('removed', '10:00:01', { until: '2026-03-02T10:20:00Z' })]],
    ],
    ['nobody saw how', 'turned on 10:00 10:20 unknown', [seen, ['10:20', seenOut('unknown')]]],
    [
      'its end was moved by an administrator',
      'assigned 10:00 10:40 ran out',
      [
        ['10:00', seenIn('10:00', { source: 'assigned' })],
        [
          '10:10',
          actOf('assignmentChangeCompleted', {
            actor: kim,
            subject: ana,
            kind: 'active',
            until: '2026-03-02T10:40:00Z',
          }),
        ],
      ],
    ],
    [
      'a roster that lags ends it no later than its time',
      'turned on 10:00 11:00 by an administrator',
      [seen, ['11:00:20', seenOut('removed')]],
    ],
    ['its beginning was not kept', 'turned on ? 10:20 by the person', [ended('10:20')]],
    [
      'its beginning was not kept, and is in the record of its end',
      'turned on 09:00 10:20 by an administrator',
      [['10:20', seenOut('removed', '09:00')]],
    ],
    [
      'its beginning was not kept, and its end was recorded twice',
      'turned on ? 10:20 by the person',
      [ended('10:20'), ['10:20:20', seenOut('ended')]],
    ],
  ])('%s', (_, expected, told) => {
    expect(periodsAt('12:00', ...told)).toEqual([expected])
  })

  test('Microsoft said that it was off already, and nothing of it is kept', () => {
    expect(periodsAt('12:00', ended('10:20', { status: 'RoleAssignmentDoesNotExist' }))).toEqual([])
  })

  test('an end that is seen again long afterwards is that of a period whose beginning is missing', () => {
    expect(periodsAt('14:00', seen, ended('10:20'), ['13:00', seenOut('ended')])).toEqual([
      'turned on 10:00 10:20 by the person',
      'turned on ? 13:00 by the person',
    ])
  })

  test('it was followed by another before its time was up', () => {
    const again = ['10:30:20', seenIn('10:30', { until: '2026-03-02T11:30:00Z', request: 'r-2' })] as const
    expect(periodsAt('12:00', seen, again)).toEqual(['turned on 10:00 10:30 unknown', 'turned on 10:30 11:30 ran out'])
    expect(periodsAt('12:00', seen, ended('10:20'), again)).toEqual([
      'turned on 10:00 10:20 by the person',
      'turned on 10:30 11:30 ran out',
    ])
  })

  test('it was over when another one began, though the roster saw that later', () => {
    const again = ['10:30:40', seenIn('10:30', { until: '2026-03-02T11:30:00Z', request: 'r-2' })] as const
    expect(periodsAt('12:00', seen, again, ['10:30:41', seenOut('ended', '10:00:01')])).toEqual([
      'turned on 10:00 10:30 by the person',
      'turned on 10:30 11:30 ran out',
    ])
  })
})

describe('an extension makes a period longer, and is no second one', () => {
  const extended = ['10:50', actOf('extensionCompleted', { act: 'act-2', minutes: 30, request: 'r-2' })] as const
  const next = ['11:00:25', seenIn('11:00:02', { until: '2026-03-02T11:30:02.000Z', request: 'r-2' })] as const
  test.each<[string, readonly Timed[]]>([
    ['here', [requested, completed, extended]],
    ['here, and seen', [requested, completed, seen, extended, next]],
    ['in the portal', [seen, next]],
    ['and the first part was seen to be over', [seen, next, ['11:00:26', seenOut('ran-out', '10:00:01')]]],
    [
      'as a later end of the same membership',
      [seen, extended, ['10:51', seenIn('10:00:01', { until: '2026-03-02T11:30:02.000Z' })]],
    ],
  ])('%s', (how, told) => {
    const seenAsOne = how.startsWith('as a later end') && !told.includes(extended)
    expect(periodsAt('12:00', ...told)).toEqual([`turned on 10:00 11:30 ran out${seenAsOne ? '' : ' +1'}`])
  })

  test('which was seen to go on, however long the gap', () => {
    const later = ['11:01:25', seenIn('11:00:40', { until: '2026-03-02T11:30:00.000Z', continues: true })] as const
    expect(periodsAt('12:00', seen, later)).toEqual(['turned on 10:00 11:30 ran out +1'])
  })

  test('which a person ended', () => {
    expect(periodsAt('12:00', seen, extended, next, ended('11:10'))).toEqual(['turned on 10:00 11:10 by the person +1'])
  })

  test('twice', () => {
    const third = ['11:30:25', seenIn('11:30:03', { until: '2026-03-02T12:30:03.000Z' })] as const
    expect(periodsAt('11:40', seen, next, third)).toEqual(['turned on 10:00 on +2'])
  })

  test('a period after a pause of a minute is another', () => {
    const later = ['11:01:25', seenIn('11:01:02', { until: '2026-03-02T11:30:02.000Z' })] as const
    expect(periodsAt('12:00', seen, later)).toEqual(['turned on 10:00 11:00 ran out', 'turned on 11:01 11:30 ran out'])
  })

  test('nor is a period that begins when a person has ended the one before', () => {
    const again = ['10:20:25', seenIn('10:20:05', { until: '2026-03-02T11:20:00.000Z', request: 'r-2' })] as const
    expect(periodsAt('12:00', seen, ended('10:20'), again)).toEqual([
      'turned on 10:00 10:20 by the person',
      'turned on 10:20 11:20 ran out',
    ])
  })
})

describe('the story of a period', () => {
  test('says who, why, by whom it was approved and after how long, the check, what was done, and its records', () => {
    const lee = { objectId: 'lee', name: 'Lee Park' }
    const { periods, ungranted } = foldedAt(
      '10:30',
      ['09:40', turnsOn('Requested')],
      ['09:40:30', { event: 'steppedUp', actor: ana, context: 'c1' }],
      ['09:41', turnsOn('Waiting', { request: 'r-1' })],
      ['10:00', actOf('approvalCompleted', { act: 'act-5', actor: lee, subject: ana, request: 'r-1', reason: 'Fine' })],
      ['10:00:25', seenIn('10:00:01', { until: '2026-03-02T11:00:01Z', request: 'r-1' })],
      ['10:05', turnsOn('Completed', { request: 'r-1' })],
      ['10:06', actOf('effective', { seconds: 4 })],
      ['10:07', actOf('wrote', { page: '/refunds/:id', method: 'POST', status: 303 })],
      ['10:08', actOf('wrote', { page: '/refunds/:id', method: 'POST', status: 303 })],
      ['09:10', actOf('wrote', { page: '/refunds/:id', method: 'POST', status: 303 })],
    )
    expect(ungranted).toEqual([])
    expect(periods).toEqual([
      {
        ...{ gate: 'members', how: 'turned on', extensions: 0, end: undefined, ended: undefined, givenBy: undefined },
        person: { objectId: 'a0a0-ana', called: 'Ana Costa', username: 'ana@contoso.example' },
        since: instant('10:00:01'),
        until: instant('11:00:01'),
        ...{ reason: 'Refund 8841', ticket: 'INC-1', request: 'r-1', check: 'c1', wrote: 2 },
        requestedAt: instant('09:40'),
        approvedBy: { objectId: 'lee', called: 'Lee Park' },
        approvedAfterMs: 20 * 60_000,
        records: [0, 1, 2, 3, 4, 5, 6],
      },
    ])
  })

  test('takes reason, ticket and approver from what was seen, where the act was elsewhere', () => {
    const more = { until: '2026-03-02T11:00:01Z', reason: 'Rota', ticket: 'CHG-7', by: kim }
    const [period] = foldedAt('10:30', ['10:00:25', seenIn('10:00:01', more)]).periods
    expect(period).toMatchObject({
      reason: 'Rota',
      ticket: 'CHG-7',
      approvedBy: { called: 'Kim Roe' },
      requestedAt: undefined,
    })
  })

  test('says who gave it, and who took it away and why', () => {
    const [period] = foldedAt(
      '10:30',
      ['10:00', actOf('assignmentCompleted', { actor: kim, subject: ana, kind: 'active', reason: 'Rota' })],
      [
        '10:10',
        actOf('removalCompleted', { act: 'act-2', actor: kim, subject: ana, kind: 'active', reason: 'Off the rota' }),
      ],
    ).periods
    expect(period).toMatchObject({
      givenBy: { called: 'Kim Roe' },
      ended: { how: 'by an administrator', by: { name: 'Kim Roe' }, comment: 'Off the rota' },
    })
  })
})

describe('a request that led to nothing', () => {
  const waiting = ['10:01', turnsOn('Waiting', { request: 'r-1' })] as const
  test.each<[string, string, readonly Timed[]]>([
    ['waits', 'waiting ', [requested, waiting]],
    [
      'was denied here',
      'denied 10:20',
      [
        requested,
        waiting,
        ['10:20', actOf('denialCompleted', { act: 'act-5', actor: kim, subject: ana, request: 'r-1' })],
      ],
    ],
    [
      'was denied elsewhere',
      'denied 10:25',
      [requested, waiting, ['10:25', turnsOn('Failed', { status: 'denied', request: 'r-1', by: kim })]],
    ],
    [
      'was taken back',
      'taken back 10:20',
      [requested, waiting, ['10:20', actOf('cancellationCompleted', { act: 'act-5', request: 'r-1' })]],
    ],
    [
      'was taken back elsewhere',
      'taken back 10:25',
      [requested, waiting, ['10:25', turnsOn('Failed', { status: 'canceled' })]],
    ],
    ['lapsed', 'not decided in time 10:25', [requested, waiting, ['10:25', actOf('lapsed')]]],
    ['was refused', 'refused 10:00', [requested, ['10:00:02', turnsOn('Failed', { status: 'ticket-missing' })]]],
    ['has no known result', 'not known 10:00', [requested, ['10:00:02', turnsOn('Unanswered')]]],
  ])('%s', (_, expected, told) => {
    const { periods, ungranted } = foldedAt('10:30', ...told)
    expect(periods).toEqual([])
    expect(ungranted.map(({ state, to }) => `${state} ${hhmm(to) ?? ''}`)).toEqual([expected])
    expect(ungranted[0]).toMatchObject({ from: instant('10:00'), ticket: 'INC-1', person: { called: 'Ana Costa' } })
    expect(ungranted[0]?.records).toEqual(told.map((_, seq) => seq))
  })

  test('and on which nobody decided for a day waits no longer', () => {
    const [wish] = foldedAt('4 10:30', requested, waiting).ungranted
    expect(wish).toMatchObject({ state: 'not decided in time', to: instant('3 10:00') })
  })

  test('says who denied it', () => {
    const denial = actOf('denialCompleted', { act: 'act-5', actor: kim, subject: ana, request: 'r-1' })
    expect(foldedAt('10:30', requested, waiting, ['10:20', denial]).ungranted[0]?.by?.called).toBe('Kim Roe')
  })
})

describe('what a person is called', () => {
  const [first, second] = [
    trailOf(
      ['10:00', turnsOn('Completed')],
      ['12:00', turnsOn('Completed', { act: 'act-2', actor: { ...ana, name: 'Ana Silva' } })],
    ),
    trailOf(['10:00', turnsOn('Completed', { actor: { objectId: ana.objectId }, personal: 'hash' })]),
  ]
  const called = (entries: readonly TrailEntry[]) =>
    foldPeriods(entries, instant('20:00')).periods.map(({ person }) => person.called)

  test('is their name at the time', () => expect(called(first)).toEqual(['Ana Costa', 'Ana Silva']))
  test('says that it was erased', () => expect(called(second)).toEqual(['erased person a0a0…']))
  test('is their object id where nobody ever wrote a name', () => {
    expect(called(trailOf(['10:00', turnsOn('Completed', { actor: { objectId: 'f00d-1' } })]))).toEqual([
      'person f00d…',
    ])
  })
  test('is not told by a later name, once it was erased', () => {
    const later = trailOf(['09:00', { event: 'signedIn' }], ['12:00', turnsOn('Completed', { act: 'act-2' })]).slice(1)
    expect(called([...second, ...later])).toEqual(['erased person a0a0…', 'Ana Costa'])
  })
})

test('permissions that were given, changed and taken away are told with their giver', () => {
  const about = { actor: kim, subject: ana, kind: 'eligible' }
  const { permissions } = foldedAt(
    '20:00',
    ['10:00', actOf('assignmentCompleted', { ...about, act: 'a1', until: '2026-06-01T00:00:00Z' })],
    ['11:00', actOf('assignmentChangeCompleted', { ...about, act: 'a2' })],
    ['12:00', actOf('removalCompleted', { ...about, act: 'a3' })],
    ['13:00', actOf('assignmentFailed', { ...about, act: 'a4' })],
  )
  expect(permissions.map(({ is, by, person }) => [is, by?.called, person.called])).toEqual([
    ['given', 'Kim Roe', 'Ana Costa'],
    ['changed', 'Kim Roe', 'Ana Costa'],
    ['taken away', 'Kim Roe', 'Ana Costa'],
  ])
})

test('who was refused at a gate is told, with the rule', () => {
  const { refusals } = foldedAt('20:00', ['10:00', actOf('refused', { code: 'not-a-member' })])
  expect(refusals).toMatchObject([
    { gate: 'members', code: 'not-a-member', record: 0, person: { called: 'Ana Costa' } },
  ])
})

test('records without an instant, a gate or a person tell nothing', () => {
  const [good] = trailOf(['10:00', turnsOn('Completed')])
  const bad = [{ at: '' }, { gate: undefined }, { actor: undefined }, { actor: 'Ana' }].map((change, seq) => ({
    personal: null,
    record: { ...(good as TrailEntry).record, ...change, seq } as TrailEntry['record'],
  }))
  expect(foldPeriods(bad, instant('20:00'))).toEqual({ periods: [], ungranted: [], permissions: [], refusals: [] })
})

test('what a person’s own token says of their membership is no period', () => {
  const token = { source: 'token' }
  const told = [
    ['10:00', seenIn('10:00', token)],
    ['11:00', seenOut('ran-out', '10:00', token)],
  ] as const
  expect(periodsAt('12:00', ...told)).toEqual([])
})

test('a period that was seen to be over ended when it was first missed, where the record says so', () => {
  const until = (time: string) => ({ until: `2026-03-02T${time}:00.000Z` })
  expect(periodsAt('12:00', seen, ['10:22', seenOut('removed', '10:00:01', until('10:20'))])).toEqual([
    'turned on 10:00 10:20 by an administrator',
  ])
  expect(periodsAt('12:00', seen, ['10:22', seenOut('removed', '10:00:01', until('09:00'))])).toEqual([
    'turned on 10:00 10:00 by an administrator',
  ])
})
