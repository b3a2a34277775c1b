import { hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { standingOfPersonal } from '../../../src/audit/verify/personal-part.ts'
import { readSaid } from '../../../src/audit/verify/said.ts'

const record = { v: 1, seq: 7, at: '2026-03-02T12:00:00.000Z', event: 'wrote' }
const saidOf = (changed: object) => readSaid(JSON.stringify({ ...record, ...changed }))

describe('of a record is read', () => {
  test('its number, its instant and the hash of its personal part', () => {
    expect(saidOf({ personal: 'hash' })).toEqual({ seq: 7, at: Date.parse(record.at), personal: 'hash' })
  })
  test.each(['Requested', 'Completed', 'Failed', 'Waiting', 'Unanswered'])('the step %s of an act', is => {
    expect(saidOf({ event: `ending${is}`, act: 'one' })?.step).toEqual({ act: 'ending one', is })
  })
  test.each([
    ['without an act', { event: 'endingRequested' }],
    ['whose act is no text', { event: 'endingRequested', act: 1 }],
    ['without a kind', { event: 'Requested', act: 'one' }],
    ['of no step', { event: 'wrote', act: 'one' }],
    ['of something that only begins so', { event: 'endingRequestedAnew', act: 'one' }],
  ])('no step %s', (_what, changed) => {
    expect(saidOf(changed)).toEqual({ seq: 7, at: Date.parse(record.at) })
  })
  test('which records the log lost', () => {
    expect(saidOf({ event: 'auditShortened', from: 0, to: 6 })?.lost).toEqual({ from: 0, to: 6 })
  })
  test.each([
    ['of another event', { from: 0, to: 6 }],
    ['without the first', { event: 'auditShortened', to: 6 }],
    ['without the last', { event: 'auditShortened', from: 0 }],
    ['without numbers', { event: 'auditShortened', from: '0', to: '6' }],
  ])('no loss %s', (_what, changed) => {
    expect(saidOf(changed)?.lost).toBeUndefined()
  })
  test('up to which record the log dropped them', () => {
    expect(saidOf({ event: 'auditDropped', to: 6 })?.droppedTo).toBe(6)
    expect(saidOf({ to: 6 })?.droppedTo).toBeUndefined()
  })
})

test.each([
  ['no JSON', '{'],
  ['a list', '[]'],
  ['another version', JSON.stringify({ ...record, v: 2 })],
  ['a number below nothing', JSON.stringify({ ...record, seq: -1 })],
  ['half a number', JSON.stringify({ ...record, seq: 0.5 })],
  ['a number that cannot be counted', JSON.stringify({ ...record, seq: 2 ** 53 })],
  ['no instant', JSON.stringify({ ...record, at: undefined })],
  ['no event', JSON.stringify({ ...record, event: undefined })],
  ['a hash that is no text', JSON.stringify({ ...record, personal: 1 })],
])('%s is no record', (_what, bytes) => {
  expect(readSaid(bytes)).toBeUndefined()
})

const salt = Buffer.alloc(16, 7)
const hashed = hash('sha256', Buffer.concat([salt, Buffer.from('Zoë')]), 'base64')
const kept = { personal: 'Zoë', salt: salt.toString('base64') }
test.each([
  ['as-hashed', hashed, kept],
  ['erased', hashed, { personal: null, salt: null }],
  ['none', undefined, { personal: null, salt: null }],
  ['changed', undefined, kept],
  ['changed', hashed, { ...kept, personal: 'Zoe' }],
  ['changed', hashed, { ...kept, personal: null }],
  ['changed', hashed, { ...kept, salt: null }],
  ['changed', undefined, { ...kept, salt: null }],
  ['changed', hashed, { ...kept, salt: kept.salt.slice(0, -1) }],
  ['changed', hash('sha256', 'Zoë', 'base64'), { ...kept, salt: '' }],
] as const)('a personal part is %s: %j %j', (standing, mark, part) => {
  expect(standingOfPersonal(mark, part)).toBe(standing)
})
