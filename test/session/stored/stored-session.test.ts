import { describe, expect, test } from 'vitest'
import type { SessionRecord } from '../../../src/session/record/record.ts'
import { isStoredSession } from '../../../src/session/stored/stored-session.ts'

const start = Date.parse('2026-03-02T12:00:00Z')
const record: SessionRecord = {
  identity: {
    tenantId: '11111111-2222-4333-8444-555555555555',
    objectId: '66666666-7777-4888-8999-aaaaaaaaaaaa',
    subject: 'pairwise',
    name: 'Alice',
    username: 'alice@contoso.example',
  },
  membership: { member: true, provenAt: start },
  contexts: {},
  signedInAt: start,
  lastSeenAt: start,
  browser: '',
}

describe('what is stored is a session', () => {
  const stored = { cookie: { path: '/', httpOnly: true }, record }
  const { identity } = record
  const cases: [string, unknown, boolean][] = [
    ['as it is written', stored, true],
    ['with what a later release adds', { ...stored, more: 1, record: { ...record, step: 'c1' } }, true],
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
  test.each(['', '{', 'undefined', '\u0000'])('but not what is no JSON: %j', text => {
    expect(isStoredSession(text)).toBe(false)
  })
})
