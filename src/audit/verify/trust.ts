import { createPublicKey } from 'node:crypto'
import { type Checkpoint, readCheckpoint } from '../notes/checkpoint.ts'
import { isNoteName, type NoteKey, noteKeyOf, readVkey } from '../notes/note-key.ts'
import { judgeNote, readNote } from '../notes/signed-note.ts'

/** The keys that may sign checkpoints of the log of this origin. A log signs under its origin, so other names are not its. */
export type Trust = (origin: string) => readonly NoteKey[]

/** Trusts what any of these trusts: the key before and the key after a change. */
export const trustAny =
  (trusts: readonly Trust[]): Trust =>
  origin =>
    trusts.flatMap(trust => trust(origin))

/**
 * Reads the keys that somebody trusts: one or several vkeys, a line each; or an Ed25519 public key as PEM, which has no name
 * of its own and may sign for any log. Undefined for anything else.
 */
export function readTrust(text: string): Trust | undefined {
  if (text.includes('-----BEGIN')) return trustInPem(text)
  const lines = text.split(/\r?\n/).filter(line => line.trim() !== '')
  const keys = lines.map(line => readVkey(line.trim())).filter(key => key !== undefined)
  if (keys.length === 0 || keys.length < lines.length) return undefined
  return origin => keys.filter(({ name }) => name === origin)
}

function trustInPem(pem: string): Trust | undefined {
  // A private key would do, and nobody should hand it around: it is not read.
  if (!pem.trim().startsWith('-----BEGIN PUBLIC KEY-----')) return undefined
  try {
    const publicKey = createPublicKey(pem)
    noteKeyOf('any', publicKey)
    return origin => (isNoteName(origin) ? [noteKeyOf(origin, publicKey)] : [])
  } catch {}
  return undefined
}

/**
 * A checkpoint as somebody gives it, and who stands behind it. 'signed': a trusted key. 'forged': it says that a trusted key
 * signed it, and that is not so. 'foreign': other keys. 'unsigned': nobody.
 */
export type JudgedCheckpoint = Checkpoint & { standing: 'signed' | 'forged' | 'foreign' | 'unsigned' }

/** Reads a checkpoint and judges its signatures. Undefined for what is no checkpoint, signed or not. */
export function judgeCheckpoint(given: string, trust: Trust): JudgedCheckpoint | undefined {
  const bare = readCheckpoint(given)
  if (bare) return { ...bare, standing: 'unsigned' }
  const note = readNote(given)
  const checkpoint = note && readCheckpoint(note.text)
  if (!checkpoint) return undefined
  const { verdict } = judgeNote(note, trust(checkpoint.origin))
  return { ...checkpoint, standing: verdict === 'unknown' ? 'foreign' : verdict }
}
