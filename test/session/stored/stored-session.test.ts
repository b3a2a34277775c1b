import { describe, expect, test } from 'vitest'
import { isStoredSession } from '../../../src/session/stored/stored-session.ts'
import { recordAt } from '../../support/alice.ts'

const start = Date.parse('2026-03-02T12:00:00Z')
/** As Redis keeps it: the facts of each gate lie under the gate's mark. */
const { gates, ...person } = recordAt(start)
const record = { ...person, membership: 'unknown', groups: { mark: gates.members } }

describe('a text is a stored session', () => {
  const stored = { cookie: { path: '/', httpOnly: true }, record }
  const { identity } = record
  const cases: [string, unknown, boolean][] = [
    ['as it is written', stored, true],
    ['with fields that a later release adds', { ...stored, more: 1, record: { ...record, step: 'c1' } }, true],
    ['but not without a cookie', { record }, false],
    ['but not with a cookie of text', { ...stored, cookie: 'a=b' }, false],
    ['but not without a record', { cookie: {} }, false],
    ['but not with nobody', { ...stored, record: { ...record, identity: null } }, false],
    [
      'but not without an object id',
      { ...stored, record: { ...record, identity: { ...identity, objectId: '' } } },
      false,
    ],
    ['but not with a membership that is only true', { ...stored, record: { ...record, membership: true } }, false],
    ['but not with a text for a time', { ...stored, record: { ...record, lastSeenAt: '2026-03-02T12:00:00Z' } }, false],
    ['but not with a time of nothing', { ...stored, record: { ...record, signedInAt: null } }, false],
    ['but not when it is null', null, false],
    ['but not when it is a list', [stored], false],
  ]
  test.each(cases)('%s', (_name, value, expected) => {
    expect(isStoredSession(JSON.stringify(value))).toBe(expected)
  })
  test.each(['', '{', 'undefined', '\u0000'])('but not when it is no JSON: %j', text => {
    expect(isStoredSession(text)).toBe(false)
  })
})
