import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Credential } from './credential.ts'
import { credentialFrom } from './credential-settings.ts'
import { isQuoted, trimmed } from './given-text.ts'
import type { Secret } from './secret.ts'
import { settings } from './settings.ts'

/** The settings that may change in their files while the process runs. */
export const liveNames = [
  'SESSION_SECRET',
  'ENTRA_CLIENT_SECRET',
  'ENTRA_CLIENT_CERTIFICATE',
  'AUDIT_SIGNING_KEY',
] as const
type LiveName = (typeof liveNames)[number]
/** The file that such a setting came from, and its content at the start. */
export type SecretFile = { name: LiveName; path: string; read: Secret }

/** Hears of every change in a file. */
export type SecretChanges = {
  sessionSecrets(secrets: readonly [Secret, ...Secret[]]): void
  credential(credential: Credential): void
  signingKeys(keys: readonly Secret[]): void
  /** The new content of a file is in force. */
  taken(name: LiveName): void
  /** The content of a file cannot be used, so the value before it stays in force. Called once for each such content. */
  refused(name: LiveName, why: 'unreadable' | 'not-good'): void
}

// Files are read again and again, because a watcher does not see a file that is swapped behind a link, as Kubernetes does.
const lookMs = 1_000

type Reading = (path: string) => Promise<string>

/** The files that secrets came from. From `start` to `stop`, a new secret in its file is handed on within seconds. */
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
    // A read that hangs, as on a mount that is gone, keeps one of Node's few threads. A second read must not begin.
    if (isReading) return found(undefined)
    isReading = true
    const text = await contentOf(path).then(trimmed, () => undefined)
    isReading = false
    found(text)
  }

  function found(text: string | undefined): void {
    if (text === undefined && isReadable) changes.refused(name, 'unreadable')
    isReadable = text !== undefined
    // The content must be the same twice: half a secret that is being written may be long enough for a whole one.
    const isWhole = text === before
    before = text
    if (text === undefined || !isWhole || text === judged) return
    judged = text
    if (take(name, text, changes)) changes.taken(name)
    else changes.refused(name, 'not-good')
  }
}

/** The content of a regular file. Opening does not block: a pipe would otherwise wait for its writer. */
async function contentOfFile(path: string): Promise<string> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  if (!(await file.stat()).isFile()) throw new Error('not a file')
  return await file.readFile('utf8')
}

/** Takes the new content if it would have been good at the start. Returns whether it did. */
function take(name: LiveName, text: string, changes: SecretChanges): boolean {
  if (isQuoted(text)) return false
  if (name === 'SESSION_SECRET') {
    const { data } = settings.SESSION_SECRET.safeParse(text)
    if (data) changes.sessionSecrets(data)
    return data !== undefined
  }
  if (name === 'AUDIT_SIGNING_KEY') {
    const { data } = settings.AUDIT_SIGNING_KEY.safeParse(text)
    if (data) changes.signingKeys(data)
    return data !== undefined
  }
  const credential = credentialFrom({ [name]: settings[name].safeParse(text).data })
  if (credential) changes.credential(credential)
  return credential !== undefined
}
