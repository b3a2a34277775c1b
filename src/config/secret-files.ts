import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Credential } from './credential.ts'
import type { Secret } from './secret.ts'
import { credentialFrom, settings } from './settings.ts'

/** The settings that may change while the process runs, when they came from a file. */
export const liveNames = ['SESSION_SECRET', 'ENTRA_CLIENT_SECRET', 'ENTRA_CLIENT_CERTIFICATE'] as const
type LiveName = (typeof liveNames)[number]
/** Where such a setting came from, and what was there then. */
export type SecretFile = { name: LiveName; path: string; read: Secret }

export type SecretChanges = {
  sessionSecrets(secrets: readonly [Secret, ...Secret[]]): void
  credential(credential: Credential): void
  /** Told of each file that was taken, and once of each that cannot be: what was in force stays so. */
  taken(name: LiveName): void
  refused(name: LiveName, why: 'unreadable' | 'not-good'): void
}

// Read, not watched: where a file is swapped behind a link, as Kubernetes does, nothing is seen of it otherwise.
const lookMs = 1_000

type Reading = (path: string) => Promise<string>

/** The files that secrets came from. From `start` to `stop` a secret that is new in its file is handed on within seconds. */
export function createSecretFiles(
  files: readonly SecretFile[],
  changes: SecretChanges,
  contentOf: Reading = contentOfFile,
): { start(): void; stop(): void } {
  let stops: (() => void)[] = []
  return {
    start(): void {
      stops = files.map(file => follow(file, changes, contentOf))
    },
    stop(): void {
      for (const stop of stops) stop()
    },
  }
}

function follow({ name, path, read }: SecretFile, changes: SecretChanges, contentOf: Reading): () => void {
  let judged = read.reveal()
  let before: string | undefined = judged
  let isReadable = true
  let isReading = false
  const timer = setInterval(look, lookMs).unref()
  return () => clearInterval(timer)

  async function look(): Promise<void> {
    // A read that hangs (a mount that is gone) keeps one of Node's few threads: there must not be a second.
    if (isReading) return found(undefined)
    isReading = true
    const text = await contentOf(path).then(trimmed, () => undefined)
    isReading = false
    found(text)
  }

  function found(text: string | undefined): void {
    if (text === undefined && isReadable) changes.refused(name, 'unreadable')
    isReadable = text !== undefined
    // Twice the same: what is being written at this moment may be long enough to be taken for a whole secret.
    const isWhole = text === before
    before = text
    if (text === undefined || !isWhole || text === judged) return
    judged = text
    if (take(name, text, changes)) changes.taken(name)
    else changes.refused(name, 'not-good')
  }
}

/** Of a regular file only, and opened so that nothing else can keep us waiting: a pipe would, for its writer. */
async function contentOfFile(path: string): Promise<string> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  if (!(await file.stat()).isFile()) throw new Error('not a file')
  return await file.readFile('utf8')
}

/** As every setting is read: without the spaces, line breaks and marks of editors around it. */
export const trimmed = (text: string): string => text.trim()
/** Whatever set it took the quotes for a part of the value. */
export const isQuoted = (value: string): boolean => /^(["']).*\1$/s.test(value)

/** Judged as at the start: what would not have been good then changes nothing. */
function take(name: LiveName, text: string, changes: SecretChanges): boolean {
  if (isQuoted(text)) return false
  if (name === 'SESSION_SECRET') {
    const { data } = settings.SESSION_SECRET.safeParse(text)
    if (data) changes.sessionSecrets(data)
    return data !== undefined
  }
  const credential = credentialFrom({ [name]: settings[name].safeParse(text).data })
  if (credential) changes.credential(credential)
  return credential !== undefined
}
