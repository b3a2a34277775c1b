import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { bytesOfBase64 } from '../../../src/audit/notes/base64.ts'
import { checkpointText, readCheckpoint } from '../../../src/audit/notes/checkpoint.ts'
import { isNoteName, noteKeyOf, readVkey, vkeyOf } from '../../../src/audit/notes/note-key.ts'
import {
  judgeNote,
  noteKeyOfSigner,
  readNote,
  signNote,
  type UnprovenNote,
} from '../../../src/audit/notes/signed-note.ts'
import { leafHash } from '../../../src/audit/tree/hashes.ts'

/** The example of the Go package golang.org/x/mod/sumdb/note. */
const peter = {
  vkey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  seed: 'AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  signature:
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
}
/** PKCS #8 for the 32 bytes of an Ed25519 key. */
const privateKeyOf = (seed: Buffer) =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  })
const peterSigner = { name: 'PeterNeumann', privateKey: privateKeyOf(Buffer.from(peter.seed, 'base64').subarray(1)) }

const signerOf = (name: string) => ({ name, privateKey: generateKeyPairSync('ed25519').privateKey })
const origin = 'admin.example.com/trail'
const signer = signerOf(origin)
const text = checkpointText({ origin, size: 12, root: leafHash('root') })
const read = (note: string) => readNote(note) as UnprovenNote

describe('the example of the Go package', () => {
  test('is signed to the byte', () => {
    expect(signNote(peter.text, [peterSigner])).toBe(`${peter.text}\n${peter.signature}`)
  })
  test('has the key that is known for it', () => {
    expect(vkeyOf(noteKeyOfSigner(peterSigner))).toBe(peter.vkey)
  })
  test('is opened with that key', () => {
    const judged = judgeNote(read(`${peter.text}\n${peter.signature}`), [readVkey(peter.vkey) as never])
    expect(judged).toMatchObject({ verdict: 'signed', text: peter.text, by: [{ name: 'PeterNeumann' }] })
  })
})

test('the example of the specification is read, with an empty line in its text', () => {
  const poem = 'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n'
  const line =
    '— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n'
  expect(read(`${poem}\n${line}`)).toMatchObject({ text: poem, signatures: [{ name: 'quasimodo.example/salvatore' }] })
})

describe('a note', () => {
  const key = noteKeyOfSigner(signer)
  const note = signNote(text, [signer])

  test('of a trusted key is signed', () => {
    expect(judgeNote(read(note), [key])).toEqual({ verdict: 'signed', text, by: [key] })
  })
  test('whose text was changed is forged', () => {
    expect(judgeNote(read(note.replace('\n12\n', '\n13\n')), [key])).toEqual({ verdict: 'forged', by: key })
  })
  test('of another key of the same name is unknown', () => {
    expect(judgeNote(read(signNote(text, [signerOf(origin)])), [key])).toEqual({ verdict: 'unknown' })
  })
  test('of the same key under another name is unknown', () => {
    expect(judgeNote(read(signNote(text, [{ ...signer, name: 'elsewhere' }])), [key])).toEqual({ verdict: 'unknown' })
  })
  test('that names the mark of a trusted key under another name is unknown', () => {
    expect(judgeNote(read(note.replace(`— ${origin}`, '— elsewhere')), [key])).toEqual({ verdict: 'unknown' })
  })
  test('with a signature of another key beside is signed all the same', () => {
    const both = signNote(text, [signerOf('witness.example'), signer])
    expect(judgeNote(read(both), [key])).toEqual({ verdict: 'signed', text, by: [key] })
  })
  test('is signed by two keys while a key changes, and each is enough', () => {
    const next = signerOf(origin)
    const both = read(signNote(text, [signer, next]))
    const nextKey = noteKeyOfSigner(next)
    expect(judgeNote(both, [nextKey])).toEqual({ verdict: 'signed', text, by: [nextKey] })
    expect(judgeNote(both, [key, nextKey])).toEqual({ verdict: 'signed', text, by: [key, nextKey] })
  })
  test('with one right and one wrong signature of trusted keys is forged', () => {
    const next = signerOf(origin)
    const changed = signNote(`${text}more\n`, [next]).split('\n\n')[1]
    const mixed = read(`${note}${changed}`)
    expect(judgeNote(mixed, [key, noteKeyOfSigner(next)])).toMatchObject({ verdict: 'forged' })
  })
  test('is unknown to whoever trusts no key', () => {
    expect(judgeNote(read(note), [])).toEqual({ verdict: 'unknown' })
  })
  test('with 16 signatures is read', () => {
    const many = Array.from({ length: 16 }, (_, index) => signerOf(`witness-${index}`))
    expect(read(signNote(text, many)).signatures).toHaveLength(16)
  })

  const line = note.slice(text.length + 1)
  test('is read with as many signatures, and as much text, as a reader may meet', () => {
    expect(read(note + line.repeat(99)).signatures).toHaveLength(100)
    expect(read(`${'x'.repeat(65_536 - note.length)}${note}`).signatures).toHaveLength(1)
    expect(readNote(`${'x'.repeat(65_537 - note.length)}${note}`)).toBeUndefined()
  })
  test.each([
    ['nothing', ''],
    ['no signature', text],
    ['an empty line and no signature', `${text}\n`],
    ['no empty line', `${text}${line}`],
    ['no text', `\n${line}`],
    ['an empty text', `\n\n${line}`],
    ['no newline at its end', note.slice(0, -1)],
    ['another character for that newline', `${note.slice(0, -1)}x`],
    ['a word before its signature', note.replace('—', 'more —')],
    ['a hyphen for the dash', note.replace('—', '-')],
    ['two blanks', note.replace('— ', '—  ')],
    ['a word more', note.replace(/\n$/, ' more\n')],
    ['an empty line at its end', `${note}\n`],
    ['a line that is no signature', `${note}more\n`],
    ['a signature that is no base64', note.replace(/=*\n$/, '*\n')],
    ['a signature spelt in another way', note.replace(/\n$/, '=\n')],
    ['a signature of four bytes', `${text}\n— ${origin} AAAAAA==\n`],
    ['a plus in a name', note.replace(`— ${origin}`, '— a+b')],
    ['a carriage return', note.replace('\n12\n', '\r\n12\n')],
    ['half a character', `\ud800${note}`],
    ['more signatures than anybody needs', note + line.repeat(100)],
    ['more text than anybody needs', `${'x'.repeat(65_536)}\n${note}`],
  ])('with %s is none', (_what, broken) => {
    expect(readNote(broken)).toBeUndefined()
  })

  test.each(['', 'no newline', 'a tab\t\n', 'half \ud800 a character\n', '\n', '\nHello\n'])(
    'is not made of the text %j',
    bad => {
      expect(() => signNote(bad, [signer])).toThrow('ends with a newline')
    },
  )
})

describe('a key', () => {
  const vkey = vkeyOf(noteKeyOfSigner(signer))
  const [name = '', digits = '', ...rest] = vkey.split('+')
  const encoded = rest.join('+')

  test('is read as it was written', () => {
    expect(vkeyOf(readVkey(vkey) as never)).toBe(vkey)
  })
  test.each([
    ['nothing', ''],
    ['another name', `x${vkey}`],
    ['a plus before the name', `+${vkey}`],
    ['no name', vkey.slice(name.length)],
    ['a blank in the name', vkey.replace('admin', 'ad min')],
    ['other digits', `${name}+00000000+${encoded}`],
    ['digits in capitals', `${name}+${digits.toUpperCase().padStart(9, 'A')}+${encoded}`],
    [
      'another kind',
      `${name}+${digits}+${Buffer.of(2, ...Buffer.from(encoded, 'base64').subarray(1)).toString('base64')}`,
    ],
    [
      'a key that is too short',
      `${name}+${digits}+${Buffer.from(encoded, 'base64').subarray(0, 32).toString('base64')}`,
    ],
    ['no base64', `${name}+${digits}+*`],
    ['a line more', `${vkey}\n`],
  ])('with %s is none', (_what, broken) => {
    expect(readVkey(broken)).toBeUndefined()
  })
  test('of another kind signs no notes', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed448')
    expect(() => noteKeyOf(origin, publicKey)).toThrow('Ed25519')
    expect(() => signNote(text, [{ name: origin, privateKey }])).toThrow('Ed25519')
  })
  test.each(['', 'a b', 'a+b', 'a\u00a0b', 'a\nb', 'a\u0000b'])('has no name like %j', bad => {
    expect(isNoteName(bad)).toBe(false)
    expect(() => noteKeyOf(bad, noteKeyOfSigner(signer).publicKey)).toThrow('holds no blank')
  })
})

describe('a checkpoint', () => {
  const root = leafHash('root')
  const encoded = root.toString('base64')

  test('is three lines: log, size, root', () => {
    expect(checkpointText({ origin, size: 12, root })).toBe(`${origin}\n12\n${encoded}\n`)
  })
  test.each([0, 1, 12, Number.MAX_SAFE_INTEGER])('of %i records is read as it was written', size => {
    expect(readCheckpoint(checkpointText({ origin, size, root }))).toEqual({ origin, size, root })
  })
  test.each([
    ['nothing', ''],
    ['no origin', `\n12\n${encoded}\n`],
    ['a zero before the size', `${origin}\n012\n${encoded}\n`],
    ['a negative size', `${origin}\n-1\n${encoded}\n`],
    ['no size', `${origin}\n\n${encoded}\n`],
    ['a size too large to count', `${origin}\n9007199254740992\n${encoded}\n`],
    ['a root that is too short', `${origin}\n12\n${root.subarray(1).toString('base64')}\n`],
    ['a root that is no base64', `${origin}\n12\n${encoded.replace('=', '')}\n`],
    ['a line more', `${origin}\n12\n${encoded}\nmore\n`],
    ['a line more before it', `more\n${origin}\n12\n${encoded}\n`],
    ['no newline at its end', `${origin}\n12\n${encoded}`],
  ])('with %s is none', (_what, broken) => {
    expect(readCheckpoint(broken)).toBeUndefined()
  })
})

test.each([
  ['AA==', Buffer.of(0)],
  ['', Buffer.of()],
  ['AB==', undefined],
  ['AA', undefined],
  ['AA==\n', undefined],
  ['_w==', undefined],
])('the base64 %j has one spelling', (spelt, expected) => {
  expect(bytesOfBase64(spelt)).toEqual(expected)
})
