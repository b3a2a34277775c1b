import { readFile } from 'node:fs/promises'
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
const lookMs = 2_000

/** Hands on what is new in the files that secrets came from, within seconds. Returns what stops that. */
export function followSecretFiles(files: readonly SecretFile[], changes: SecretChanges): () => void {
  const stops = files.map(file => follow(file, changes))
  return () => {
    for (const stop of stops) stop()
  }
}

function follow({ name, path, read }: SecretFile, changes: SecretChanges): () => void {
  let last = read.reveal()
  let isReadable = true
  const timer = setInterval(look, lookMs).unref()
  return () => clearInterval(timer)

  async function look(): Promise<void> {
    const text = await readFile(path, 'utf8').then(trimmed, () => undefined)
    if (text === undefined && isReadable) changes.refused(name, 'unreadable')
    isReadable = text !== undefined
    if (text === undefined || text === last) return
    last = text
    if (take(name, text, changes)) changes.taken(name)
    else changes.refused(name, 'not-good')
  }
}

/** As every setting is read from a file. */
export const trimmed = (text: string): string => text.replace(/\r?\n$/, '')

/** Judged as at the start: a file that is half written changes nothing. */
function take(name: LiveName, text: string, changes: SecretChanges): boolean {
  if (name === 'SESSION_SECRET') {
    const { data } = settings.SESSION_SECRET.safeParse(text)
    if (data) changes.sessionSecrets(data)
    return data !== undefined
  }
  const credential = credentialFrom({ [name]: settings[name].safeParse(text).data })
  if (credential) changes.credential(credential)
  return credential !== undefined
}
