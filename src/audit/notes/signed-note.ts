import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { bytesOfBase64 } from './base64.ts'
import { isNoteName, type NoteKey, noteKeyOf } from './note-key.ts'

/** A checkpoint with 16 signatures, the least that a reader has to accept, takes about 3 kB. */
const mostCharacters = 64 * 1024
const mostSignatures = 100
const markBytes = 4

/** A private key and the name under which it signs. */
export type NoteSigner = { name: string; privateKey: KeyObject }

/** What of the signer everybody may know. Throws where the key is not an Ed25519 key. */
export const noteKeyOfSigner = ({ name, privateKey }: NoteSigner): NoteKey =>
  noteKeyOf(name, createPublicKey(privateKey))

/**
 * The text with one signature for each signer: two while a key changes. The text ends with a newline.
 * Source: https://c2sp.org/signed-note
 */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!isText(text)) throw new Error('the text of a note ends with a newline and holds no other control character')
  return `${text}\n${signers.map(signer => signatureLine(text, signer)).join('')}`
}

function signatureLine(text: string, signer: NoteSigner): string {
  const { name, mark } = noteKeyOfSigner(signer)
  const signature = sign(null, Buffer.from(text), signer.privateKey)
  return `— ${name} ${Buffer.concat([mark, signature]).toString('base64')}\n`
}

type NoteSignature = { name: string; mark: Buffer; signature: Buffer }
/** A note that can be read. Nothing in it is proven yet. */
export type UnprovenNote = { text: string; signatures: readonly NoteSignature[] }

/** The parts of a note. Undefined for what is no signed note, or is longer than any note has to be. */
export function readNote(note: string): UnprovenNote | undefined {
  if (note.length > mostCharacters || !note.endsWith('\n')) return undefined
  // The text may hold empty lines: the last one ends it.
  const gap = note.lastIndexOf('\n\n')
  const text = note.slice(0, gap + 1)
  const lines = note.slice(gap + 2, -1).split('\n')
  if (!isText(text) || lines.length > mostSignatures) return undefined
  const signatures = lines.map(signatureIn).filter(signature => signature !== undefined)
  return signatures.length === lines.length ? { text, signatures } : undefined
}

/** No text of ours is empty. A lone surrogate has no UTF-8. */
const isText = (text: string): boolean =>
  /^[^\p{Cc}]/u.test(text) && !/[^\P{Cc}\n]/u.test(text) && text.endsWith('\n') && text.isWellFormed()

function signatureIn(line: string): NoteSignature | undefined {
  const [, name = '', encoded = ''] = /^— (\S+) (\S+)$/.exec(line) ?? []
  const bytes = bytesOfBase64(encoded)
  if (!isNoteName(name) || !bytes || bytes.length <= markBytes) return undefined
  return { name, mark: bytes.subarray(0, markBytes), signature: bytes.subarray(markBytes) }
}

/**
 * What the signatures of a note say to somebody who trusts some keys. 'signed': by at least one of them, and no signature of
 * theirs is wrong. 'forged': a signature says that it is of one of them, and is not. 'unknown': no signature is of one of
 * them. Only the text of a signed note may be believed.
 */
export type JudgedNote =
  | { verdict: 'signed'; text: string; by: readonly NoteKey[] }
  | { verdict: 'forged'; by: NoteKey }
  | { verdict: 'unknown' }

/** Checks the signatures of the keys that are trusted. Signatures of others say nothing, good or bad. */
export function judgeNote({ text, signatures }: UnprovenNote, trusted: readonly NoteKey[]): JudgedNote {
  const by: NoteKey[] = []
  for (const { name, mark, signature } of signatures) {
    const key = trusted.find(each => each.name === name && each.mark.equals(mark))
    if (!key) continue
    if (!verify(null, Buffer.from(text), key.publicKey, signature)) return { verdict: 'forged', by: key }
    by.push(key)
  }
  return by.length > 0 ? { verdict: 'signed', text, by } : { verdict: 'unknown' }
}
