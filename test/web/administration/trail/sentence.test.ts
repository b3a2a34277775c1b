import { describe, expect, test } from 'vitest'
import type { AuditRecord } from '../../../../src/audit/trail.ts'
import { kindOf, kindOptions } from '../../../../src/web/administration/trail/kinds.ts'
import { sentenceOf } from '../../../../src/web/administration/trail/sentence.ts'
import { erased, keptAs } from './made-ledger.ts'

const actor = { objectId: 'oid-ana', name: 'Ana Costa', username: 'ana@contoso.example' }
const subject = { objectId: 'oid-ben', name: 'Ben Okafor', username: 'ben@contoso.example' }
const by = { objectId: 'oid-kim', name: 'Kim Roe' }
const titleOf = (gate: string) => (gate === 'members' ? 'Payments' : gate)
const told = (record: AuditRecord) => sentenceOf(keptAs(record), titleOf)

const at = { gate: 'members', actor }
const until = '2026-03-31T00:00:00.000Z'
const sentences: [record: AuditRecord, sentence: string][] = [
  [{ event: 'activationRequested', ...at, minutes: 60 }, 'Ana Costa asked to turn on access to Payments for 1 hour.'],
  [{ event: 'activationCompleted', ...at, minutes: 60 }, 'Ana Costa turned on access to Payments for 1 hour.'],
  [{ event: 'activationCompleted', ...at, by }, 'Ana Costa turned on access to Payments, approved by Kim Roe.'],
  [
    { event: 'activationWaiting', ...at, minutes: 90 },
    'Ana Costa asked to turn on access to Payments for 1 h 30 min; this waits for a decision.',
  ],
  [
    { event: 'activationFailed', ...at, status: 'Denied', by },
    'Ana Costa could not turn on access to Payments: Denied, by Kim Roe.',
  ],
  [{ event: 'activationFailed', ...at }, 'Ana Costa could not turn on access to Payments.'],
  [
    { event: 'activationUnanswered', ...at },
    'Ana Costa asked to turn on access to Payments; whether it happened is not known.',
  ],
  [{ event: 'extensionCompleted', ...at, minutes: 30 }, 'Ana Costa extended access to Payments for another 30 min.'],
  [{ event: 'endingCompleted', ...at }, 'Ana Costa ended their access to Payments.'],
  [{ event: 'cancellationCompleted', ...at }, 'Ana Costa took back the request for access to Payments.'],
  [
    { event: 'approvalCompleted', ...at, subject },
    'Ana Costa approved the request of Ben Okafor for access to Payments.',
  ],
  [
    { event: 'denialRequested', ...at, subject },
    'Ana Costa asked to deny the request of Ben Okafor for access to Payments.',
  ],
  [
    { event: 'assignmentCompleted', ...at, subject, kind: 'eligible', until },
    'Ana Costa let Ben Okafor turn on access to Payments until 31 Mar, 00:00 UTC.',
  ],
  [
    { event: 'assignmentCompleted', ...at, subject, kind: 'active', until: '2027-03-31T00:00:00.000Z' },
    'Ana Costa gave Ben Okafor access to Payments until 31 Mar 2027, 00:00 UTC.',
  ],
  [
    { event: 'assignmentFailed', ...at, subject, kind: 'active', status: 'RoleAssignmentExists' },
    'Ana Costa could not give Ben Okafor access to Payments without an end: RoleAssignmentExists.',
  ],
  [
    { event: 'assignmentChangeCompleted', ...at, subject, kind: 'eligible', until },
    'Ana Costa changed the permission of Ben Okafor to turn on access to Payments, which now lasts until 31 Mar, 00:00 UTC.',
  ],
  [
    { event: 'removalCompleted', ...at, subject, kind: 'eligible' },
    'Ana Costa took away the permission of Ben Okafor to turn on access to Payments.',
  ],
  [
    { event: 'removalCompleted', ...at, subject, kind: 'active' },
    'Ana Costa took away the access to Payments of Ben Okafor.',
  ],
  [
    { event: 'reviewCompleted', ...at, subject, kind: 'eligible' },
    'Ana Costa kept the permission of Ben Okafor to turn on access to Payments, after a review.',
  ],
  [
    { event: 'sessionsEndingCompleted', actor, subject, whose: 'person', sessions: 3 },
    'Ana Costa ended 3 sessions of Ben Okafor.',
  ],
  [
    { event: 'sessionsEndingRequested', actor, subject, whose: 'one' },
    'Ana Costa asked to end a session of Ben Okafor.',
  ],
  [
    { event: 'sessionsEndingCompleted', actor, whose: 'all', sessions: 40, but: 'own' },
    'Ana Costa ended all sessions, but for their own.',
  ],
  [
    { event: 'erasureCompleted', act: 'a', records: 12, subject: { objectId: 'oid-ben' } },
    'Somebody erased the names, addresses and texts of the person oid-ben in 12 records.',
  ],
  [{ event: 'download', actor, what: 'csv' }, 'Ana Costa downloaded the trail as CSV.'],
  [
    { event: 'download', actor, what: 'jsonl', filter: { person: 'Ben', gate: 'members' } },
    'Ana Costa downloaded the trail as JSON lines (person: Ben, gate: members).',
  ],
  [{ event: 'download', actor, what: 'toString' }, 'Ana Costa downloaded toString.'],
  [
    { event: 'read', actor, page: '/trail', filter: { ticket: 'INC-1' } },
    'Ana Costa read the page /trail (ticket: INC-1).',
  ],
  [
    { event: 'seenIn', gate: 'members', subject, since: '2026-03-02T11:00:00.000Z', until, source: 'assigned', by },
    'Ben Okafor has access to Payments since 2 Mar, 11:00 UTC until 31 Mar, 00:00 UTC: given by an administrator, by Kim Roe.',
  ],
  [
    { event: 'seenIn', gate: 'members', subject, source: 'outside-pim' },
    'Ben Okafor has access to Payments: not through PIM.',
  ],
  [
    { event: 'seenOut', gate: 'members', subject, how: 'ran-out' },
    'Ben Okafor has no access to Payments any more: the time was up.',
  ],
  [
    { event: 'effective', gate: 'members', subject, act: 'a', seconds: 4 },
    'Microsoft shows the access to Payments of Ben Okafor, 4 s after it was asked for.',
  ],
  [
    { event: 'usedFirst', gate: 'members', subject },
    'Ben Okafor used access to Payments for the first time since it was turned on.',
  ],
  [{ event: 'steppedUp', subject, context: 'c1' }, 'Ben Okafor met the check c1.'],
  [
    { event: 'refused', gate: 'members', subject, code: 'access-ended', rule: 'ExpirationRule' },
    'Ben Okafor was refused at Payments: access-ended, ExpirationRule.',
  ],
  [
    { event: 'lapsed', gate: 'members', subject },
    'Nobody decided in time on the request of Ben Okafor for access to Payments.',
  ],
  [
    { event: 'wrote', gate: 'members', actor, page: '/refunds/:id', method: 'POST', status: 303 },
    'Ana Costa sent a form on the page /refunds/:id (POST, 303).',
  ],
  [{ event: 'signedIn', actor }, 'Ana Costa signed in.'],
  [{ event: 'auditShortened', from: 12, to: 15 }, 'The trail has lost the records 12 to 15.'],
  [{ event: 'auditShortened', from: 12, to: 12 }, 'The trail has lost the record 12.'],
  [
    { event: 'auditRestored', why: 'differs', size: 90 },
    'The tree over 90 records was another one than before, and was put back.',
  ],
  [
    { event: 'auditDropped', from: 0, to: 8, days: 400 },
    'For their age, the contents of the records 0 to 8 were dropped.',
  ],
  [{ event: 'auditUnreadable' }, 'This record cannot be read: what is stored was changed.'],
  [{ event: 'policyChanged', ...at }, '“policyChanged” by Ana Costa at Payments: this release has no words for it.'],
  [{ event: 'constructor' }, '“constructor”: this release has no words for it.'],
]

test.each(sentences)('%j', (record, sentence) => {
  expect(told(record)).toBe(sentence)
})

test('every event with words of its own has a kind by which it is found', () => {
  const strange = ['policyChanged', 'constructor']
  const kindless = sentences.filter(([{ event }]) => kindOf(event) === 'other').map(([{ event }]) => event)
  expect(kindless).toEqual(strange)
  expect(new Set(kindOptions.map(({ value }) => value)).size).toBe(kindOptions.length)
})

describe('a person', () => {
  const record = { event: 'activationCompleted', ...at }
  test('whose name was erased is somebody', () => {
    expect(sentenceOf(erased(keptAs(record)), titleOf)).toBe(
      'A person whose name was erased turned on access to Payments.',
    )
  })
  test('without a name is called by the user name, or by the id', () => {
    const [id, username] = ['oid-ana', 'ana@contoso.example']
    expect(told({ ...record, actor: { objectId: id, username } })).toBe(`${username} turned on access to Payments.`)
    expect(told({ ...record, actor: { objectId: id } })).toBe('The person oid-ana turned on access to Payments.')
  })
  test('keeps the small letter with which the name begins', () => {
    expect(told({ ...record, actor: { objectId: 'x', name: 'de Vries' } })).toBe(
      'de Vries turned on access to Payments.',
    )
  })
  test('cannot turn the sentence around, or break it over lines', () => {
    const name = 'Ana\u202E atsoC\r\n\u2066x'
    expect(told({ ...record, actor: { objectId: 'x', name } })).toBe('Ana atsoC x turned on access to Payments.')
  })
})

test('whatever the facts of a record are, it has a sentence', () => {
  const odd = [null, 7, true, {}, [], ['x'], { name: 7 }, '', 'x', Number.NaN]
  const names = [
    'actor',
    'subject',
    'by',
    'person',
    'gate',
    'minutes',
    'until',
    'status',
    'source',
    'sessions',
    'filter',
    'page',
  ]
  for (const [{ event }] of sentences)
    for (const [index, value] of odd.entries()) {
      const facts = Object.fromEntries(names.map((name, at) => [name, at % 2 ? value : odd[(index + at) % odd.length]]))
      const record = { v: 1, seq: 0, at: index % 2 ? 'never' : '2026-03-02T12:00:00.000Z', event, ...facts }
      expect(sentenceOf({ record: record as never, personal: null }, titleOf)).toMatch(/^\S.*\S\.$/s)
    }
})
