import { describe, expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { createSeal, fingerprint } from '../../../src/session/sealing/seal.ts'

const older = new Secret('older-0123456789-abcdefghij-KLMNOP')
const newer = new Secret('newer-0123456789-abcdefghij-KLMNOP')
const place = 'gatehouse:session:abc'
const seal = createSeal([older])

test.each(['', 'a', '{"record":{}}', 'naïve — 日本 🗝', 'x'.repeat(100_000)])(
  'a sealed text opens again: %.20s',
  text => {
    expect(seal.open(seal.close(text, place), place)).toEqual({ text })
  },
)

test('a sealed text shows nothing of the text', () => {
  const sealed = seal.close('refresh-token-of-alice', place)
  expect(sealed).not.toContain('alice')
  expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('alice')
})

test.each(['', 'text', 'x'.repeat(1_000)])(
  'each sealed text has a nonce of its own, of twelve bytes, and a tag of sixteen: %.5s',
  text => {
    const bodies = Array.from({ length: 1_000 }, () =>
      Buffer.from(seal.close(text, place).split('.')[2] ?? '', 'base64url'),
    )
    for (const body of bodies) expect(body.length).toBe(12 + text.length + 16)
    expect(new Set(bodies.map(body => body.subarray(0, 12).toString('hex'))).size).toBe(1_000)
  },
)

test('a text never looks the same twice when it is sealed', () => {
  const many = new Set(Array.from({ length: 100 }, () => seal.close('the same', place)))
  expect(many.size).toBe(100)
})

test.each([
  ['another session', 'gatehouse:session:abd'],
  ['the tokens of the same session', 'gatehouse:tokens:abc'],
  ['another installation', 'other:session:abc'],
  ['a cookie', '__Host-gatehouse-sign-in-abc'],
  ['nowhere', ''],
])('a sealed text does not open in the place of %s', (_name, elsewhere) => {
  expect(seal.open(seal.close('mine', place), elsewhere)).toBe('broken')
})

describe('a sealed text does not open when it is damaged', () => {
  const sealed = seal.close('{"a":1}', place)
  const [format, keyId, body] = sealed.split('.') as [string, string, string]
  const bytes = Buffer.from(body, 'base64url')
  const withBytes = (changed: Buffer) => `${format}.${keyId}.${changed.toString('base64url')}`

  test.each(Array.from(bytes.keys()))('with byte %i flipped', index => {
    for (const bit of [0, 7]) {
      const changed = Buffer.from(bytes)
      changed[index] = (bytes[index] as number) ^ (1 << bit)
      expect(seal.open(withBytes(changed), place)).toBe('broken')
    }
  })

  test('with any one character changed', () => {
    for (const index of Array.from(sealed).keys())
      for (const other of ['A', '_', '0', '.', ' ', '\0', 'é']) {
        const changed = sealed.slice(0, index) + other + sealed.slice(index + 1)
        if (changed !== sealed) expect(typeof seal.open(changed, place), `${changed} at ${index}`).toBe('string')
      }
  })

  test('with its last character changed, though base64 ignores some of its bits', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (const text of ['', 'a', 'ab', 'abc']) {
      const whole = seal.close(text, place)
      for (const last of alphabet)
        if (last !== whole.at(-1)) expect(seal.open(whole.slice(0, -1) + last, place)).toBe('broken')
    }
  })

  test('cut short anywhere', () => {
    for (const length of Array.from(sealed).keys())
      expect(typeof seal.open(sealed.slice(0, length), place), `${length}`).toBe('string')
  })

  test('cut short by its tag, or with a shorter tag', () => {
    for (let cut = 1; cut <= bytes.length; cut++)
      expect(seal.open(withBytes(bytes.subarray(0, -cut)), place)).toBe('broken')
  })

  test.each([
    ['nothing', ''],
    ['a word', 'hello'],
    ['JSON', '{"record":{"identity":{}}}'],
    ['only dots', '...'],
    ['something behind', `${sealed}.`],
    ['a space behind', `${sealed} `],
    ['a line break within', `${sealed.slice(0, 20)}\n${sealed.slice(20)}`],
    ['padding', `${sealed}=`],
    ['no body', `${format}.${keyId}.`],
    ['no format', `.${keyId}.${body}`],
    ['a format that is no number', `v1.${keyId}.${body}`],
  ])('being %s', (_name, value) => {
    expect(seal.open(value, place)).toBe('broken')
  })
})

test('the format version and the id of the key are bound into a sealed text', () => {
  const both = createSeal([newer, older])
  const [format, keyId, body] = seal.close('mine', place).split('.') as [string, string, string]
  const newerId = createSeal([newer]).close('', place).split('.')[1]
  expect(format).toBe('1')
  expect(both.open(`${format}.${keyId}.${body}`, place)).toEqual({ text: 'mine' })
  expect(both.open(`${format}.${newerId}.${body}`, place)).toBe('broken')
})

describe('while secrets change', () => {
  const both = createSeal([newer, older])

  test('the first secret seals', () => {
    expect(createSeal([newer]).open(both.close('mine', place), place)).toEqual({ text: 'mine' })
  })
  test('every secret opens', () => {
    expect(both.open(seal.close('from before', place), place)).toEqual({ text: 'from before' })
  })
  test('a replica that lacks the secret can tell that from damage', () => {
    expect(seal.open(both.close('mine', place), place)).toBe('unknown-key')
    expect(createSeal([newer]).open(seal.close('mine', place), place)).toBe('unknown-key')
  })
  test.each([
    ['2', 'unknown-key'],
    ['999', 'unknown-key'],
    ['1000', 'broken'],
    ['2x', 'broken'],
  ])('a format of a later release is not taken for damage either: %s is %s', (format, found) => {
    const [, keyId, body] = seal.close('mine', place).split('.')
    expect(seal.open(`${format}.${keyId}.${body}`, place)).toBe(found)
    expect(seal.open(`${format}.${keyId}.`, place)).toBe('broken')
    expect(seal.open(`${format}.${keyId}`, place)).toBe('broken')
  })
  test('cookies signed with either verify: the first signs', () => {
    expect(both.signing).toEqual([...createSeal([newer]).signing, ...seal.signing])
  })
})

test('cookies are signed neither with the secret nor with the id of its key', () => {
  const [keyId = ''] = seal.close('', place).split('.').slice(1)
  expect(seal.signing).toHaveLength(1)
  expect(seal.signing[0]).not.toContain('older')
  expect(seal.signing[0]?.startsWith(keyId)).toBe(false)
})

test('a fingerprint stands for one text and does not contain it', () => {
  expect(fingerprint('a-session-id')).toBe(fingerprint('a-session-id'))
  expect(fingerprint('a-session-id')).not.toBe(fingerprint('a-session-ie'))
  expect(fingerprint('a-session-id')).toMatch(/^[\w-]{22}$/)
})

test('what earlier releases sealed and signed with a secret still opens and still counts', () => {
  const sealed = '1.0azxaQqD.wXJx-yqAv7S1vZ826fCDBqN0AHJNjlgdw0mhMLDnkMlkswUPkylRNKQeVR6RPCGAb4A'
  expect(seal.open(sealed, 'gatehouse:session:abc')).toEqual({ text: 'naïve — 日本 🗝' })
  expect(seal.signing).toEqual(['a9wG6YFxdHsEBilYSonqXpE47s9aykwxmpRJ_TxspZ0'])
  expect(seal.clientStates()).toEqual(['soKlaYQCCEMVb2XKGdpiE6aKGp52jo0eZ8Qd5Rjz1Eo'])
  expect(createSeal([older]).clientStates('group-1')).toEqual(['laiJ6ICPJyFdGqlm2WB_BG4nI2mCYS6hhP7P301U0mQ'])
})
