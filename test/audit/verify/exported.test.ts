import { describe, expect, test } from 'vitest'
import { leafHash } from '../../../src/audit/tree/hashes.ts'
import {
  exportedHead,
  exportedRecord,
  readExportedHead,
  readExportedRecord,
} from '../../../src/audit/verify/exported.ts'

const hash = leafHash('record')
const encoded = hash.toString('base64')
const head = { checkpoint: 'checkpoint', vkey: 'key', filter: { person: 'oid-1' } }
const cut = { size: 3, hashes: [hash, hash] }
const record = { bytes: '{"seq":0}', personal: '{"reason":"Zoë"}', salt: 'c2FsdA==', proof: [hash] }

describe('the first line', () => {
  test('holds the checkpoint, the key and the filter, in this order', () => {
    expect(exportedHead(head)).toBe('{"checkpoint":"checkpoint","vkey":"key","filter":{"person":"oid-1"}}')
  })
  test('holds the tree before the first record where older ones were dropped', () => {
    expect(exportedHead({ ...head, cut })).toContain(`,"cut":{"size":3,"hashes":["${encoded}","${encoded}"]}}`)
    expect(exportedHead({ ...head, cut: { size: 0, hashes: [] } })).toBe(exportedHead(head))
  })
  test.each([head, { ...head, cut }, { ...head, vkey: null, filter: {} }])('is read as it was written: %j', written => {
    expect(readExportedHead(exportedHead(written))).toEqual(written)
  })
  test.each([
    ['no JSON', '{'],
    ['nothing in it', '{}'],
    ['no key', '{"checkpoint":"checkpoint","filter":{}}'],
    ['no filter', '{"checkpoint":"checkpoint","vkey":null}'],
    ['a list for a filter', '{"checkpoint":"checkpoint","vkey":null,"filter":[]}'],
    ['a hash too few', exportedHead({ ...head, cut: { size: 3, hashes: [hash] } })],
    ['a hash that is too short', exportedHead({ ...head, cut: { size: 1, hashes: [hash.subarray(1)] } })],
    ['a hash that is no base64', exportedHead({ ...head, cut }).replace('="]', '"]')],
  ])('with %s is none', (_what, line) => {
    expect(readExportedHead(line)).toBeUndefined()
  })
})

describe('the line of a record', () => {
  test('holds the stored bytes, the personal part, its salt and the proof, in this order', () => {
    expect(exportedRecord(record)).toBe(
      `{"record":"{\\"seq\\":0}","personal":"{\\"reason\\":\\"Zoë\\"}","salt":"c2FsdA==","proof":["${encoded}"]}`,
    )
  })
  test.each([record, { ...record, personal: null, salt: null, proof: [] }])(
    'is read as it was written: %j',
    written => {
      expect(readExportedRecord(exportedRecord(written))).toEqual(written)
    },
  )
  test('holds a proof of 53 hashes and no longer one', () => {
    const line = (many: number) => exportedRecord({ ...record, proof: Array.from({ length: many }, () => hash) })
    expect(readExportedRecord(line(53))?.proof).toHaveLength(53)
    expect(readExportedRecord(line(54))).toBeUndefined()
  })
  test.each([
    ['no JSON', '{'],
    ['nothing in it', '{}'],
    ['no personal part', exportedRecord(record).replace('"personal"', '"person"')],
    ['no salt', exportedRecord(record).replace('"salt"', '"sugar"')],
    ['a hash that is too short', exportedRecord({ ...record, proof: [hash.subarray(1)] })],
    ['a hash that is no base64', exportedRecord(record).replace('="]', '"]')],
  ])('with %s is none', (_what, line) => {
    expect(readExportedRecord(line)).toBeUndefined()
  })
})
