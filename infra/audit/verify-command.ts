import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { readVkey } from '../../src/audit/notes/note-key.ts'
import { findingLines, isGood } from '../../src/audit/verify/findings.ts'
import {
  type JudgedCheckpoint,
  judgeCheckpoint,
  readTrust,
  type Trust,
  trustAny,
} from '../../src/audit/verify/trust.ts'
import { verifyExport } from '../../src/audit/verify/verification.ts'
import { linesOf } from './lines.ts'

const usage = `Verifies an exported trail, offline.

  npm run audit:verify -- FILE --key PUBLIC --checkpoint NOTE

  FILE    what /trail.jsonl gave
  PUBLIC  the public key of the log, from elsewhere than the file: its line (NAME+HASH+KEY), or a file with that line
          or with the key as PEM. Where the key was changed, give --key for each.
  NOTE    a file with a signed checkpoint of the log, from elsewhere than the file: from the log lines, or kept from
          before. Without it, nobody can tell whether the file is complete.
`

/** What the command prints, and its exit code: 0 when no verdict is no, 1 when one is, 64 for wrong arguments, 66 for a file that cannot be read. */
export type CommandResult = { out: string[]; error: string[]; code: 0 | 1 | 64 | 66 }

/** Something that keeps the command from a verdict. */
class Stop extends Error {
  readonly code: 64 | 66
  constructor(code: 64 | 66, why: string) {
    super(why)
    this.code = code
  }
}

/** Runs `audit:verify` with these arguments. */
export async function runVerify(args: readonly string[]): Promise<CommandResult> {
  try {
    const { file, keys, note } = given(args)
    const trust = trustAny(await Promise.all(keys.map(trustIn)))
    const held = note === undefined ? undefined : await heldIn(note, trust)
    const lines = linesOf(piecesOf(file))
    const findings = await verifyExport({ lines, trust, held })
    return { out: findingLines(findings), error: [], code: isGood(findings) ? 0 : 1 }
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    return { out: [], error: [error.message, ...(error.code === 64 ? ['', usage] : [])], code: error.code }
  }
}

function given(args: readonly string[]): { file: string; keys: readonly string[]; note: string | undefined } {
  const { values, positionals } = parsed(args)
  const [file] = positionals
  if (file === undefined || positionals.length > 1) throw new Stop(64, 'Name one file to verify.')
  if (!values.key) throw new Stop(64, 'Give the public key of the log with --key. The key in the file proves nothing.')
  return { file, keys: values.key, note: values.checkpoint }
}

function parsed(args: readonly string[]) {
  const options = { key: { type: 'string', multiple: true }, checkpoint: { type: 'string' } } as const
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new Stop(64, (error as Error).message)
  }
}

async function trustIn(key: string): Promise<Trust> {
  if (readVkey(key)) return readTrust(key) as Trust
  if (/\+[0-9a-f]{8}\+/.test(key))
    throw new Stop(64, `--key ${key} is no public key: a character is missing or changed.`)
  const trust = readTrust(await textOf(key))
  if (!trust) throw new Stop(64, `${key} holds no public key: neither NAME+HASH+KEY nor an Ed25519 public key as PEM.`)
  return trust
}

async function heldIn(note: string, trust: Trust): Promise<JudgedCheckpoint> {
  // Whoever copies a note may add an empty line, or end lines as Windows does.
  const text = (await textOf(note)).replaceAll('\r\n', '\n').trimEnd()
  const held = judgeCheckpoint(`${text}\n`, trust)
  if (!held) throw new Stop(64, `${note} holds no checkpoint: origin, size, root, an empty line, signatures.`)
  return held
}

const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(cause => unreadable(path, cause))

async function* piecesOf(path: string): AsyncGenerator<string> {
  try {
    yield* createReadStream(path, { encoding: 'utf8' })
  } catch (cause) {
    unreadable(path, cause)
  }
}

function unreadable(path: string, cause: unknown): never {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const why = { ENOENT: 'it does not exist', EISDIR: 'it is a folder', EACCES: 'you may not read it' }[code] ?? code
  throw new Stop(66, `${path} cannot be read: ${why}.`)
}
