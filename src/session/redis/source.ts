import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import {
  type RedisAddress,
  type RedisConfig,
  readAuthorities,
  readRedisUrl,
  redisFaults,
} from '../../config/redis-address.ts'
import { trimmed } from '../../config/secret-files.ts'
import { settings } from '../../config/settings.ts'
import type { Log } from '../../observability.ts'
import type { Options } from './limits.ts'

/** Where Redis is, how we prove ourselves there, and which authority its certificate has to be of. */
export type Whereabouts = RedisAddress & { ca: string | undefined }
export type Source = () => Whereabouts

/** A connection asks for each part of it by itself: they have to be of one reading. */
const oneReadingMs = 50

/**
 * What the settings said, and for each connection that is made what REDIS_URL_FILE and REDIS_CA_FILE say by then: a password
 * changes without a restart. A file that cannot be read, or is not good, changes nothing; the log says it once.
 */
export function createSource({ url, urlFile, ca, caFile, topology }: RedisConfig, log: Log): Source {
  const before = readRedisUrl(url?.reveal() ?? '')
  if ('wrong' in before) throw new Error(`REDIS_URL ${before.wrong}`)
  let now: Whereabouts = { ...before, ca }
  let readAt = Number.NEGATIVE_INFINITY
  const judgedUrl = createJudge('REDIS_URL', log)
  const judgedCa = createJudge('REDIS_CA_FILE', log)

  const others = {
    REDIS_CLUSTER: topology.kind === 'cluster' ? 'on' : 'off',
    ...(topology.kind === 'sentinel' && { REDIS_SENTINEL_MASTER: topology.master }),
  }
  // A file that is being written may hold half an address, which is one, too. Nobody proves themselves there.
  const isElsewhere = ({ nodes, isTls, database }: RedisAddress) =>
    JSON.stringify([nodes, isTls, database]) !== JSON.stringify([now.nodes, now.isTls, now.database])

  /** Judged as at the start. */
  function addressIn(path: string): RedisAddress | undefined {
    const text = trimmed(contentOf(path))
    const isGood =
      settings.REDIS_URL.safeParse(text).success && redisFaults({ REDIS_URL: text, ...others }).length === 0
    const found = readRedisUrl(text)
    return !isGood || 'wrong' in found || isElsewhere(found) ? undefined : found
  }

  return () => {
    if (performance.now() - readAt < oneReadingMs) return now
    readAt = performance.now()
    const address = (urlFile === undefined ? undefined : judgedUrl(() => addressIn(urlFile))) ?? now
    const authorities = caFile === undefined ? ca : judgedCa(() => authoritiesIn(caFile))
    now = { ...address, ca: authorities ?? now.ca }
    return now
  }
}

const authoritiesIn = (path: string): string | undefined => {
  const found = readAuthorities(path)
  return 'wrong' in found ? undefined : found.pem
}

/** Reads something that may be unreadable (thrown) or no good (undefined), and says in the log when that changed, and when the value did. */
function createJudge(name: string, log: Log) {
  let isGood = true
  let before: string | undefined
  return <T>(read: () => T | undefined): T | undefined => {
    const { value, why } = tried(read)
    if (value === undefined && isGood) log.error({ event: 'secret-file-refused', name, why })
    isGood = value !== undefined
    if (value === undefined) return undefined
    const text = JSON.stringify(value)
    if (before !== undefined && before !== text) log.info({ event: 'secret-file-taken', name })
    before = text
    return value
  }
}

function tried<T>(read: () => T | undefined): { value?: T; why?: 'unreadable' | 'not-good' } {
  try {
    const value = read()
    return value === undefined ? { why: 'not-good' } : { value }
  } catch {
    return { why: 'unreadable' }
  }
}

/** Opened so that nothing else than a file can keep us waiting: a pipe would, for its writer. */
function contentOf(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    if (!fstatSync(file).isFile()) throw new Error('not a file')
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

type Part = 'username' | 'password' | 'tls' | 'sentinelUsername' | 'sentinelPassword' | 'sentinelTLS'

/** Makes a client ask for these parts of its options whenever it connects, in place of what it was told at first. */
export function askingEachTime(
  { options }: { options: object },
  parts: { [Name in Part]?: () => Options[Name & keyof Options] | undefined },
): void {
  for (const [name, get] of Object.entries(parts)) Object.defineProperty(options, name, { get, enumerable: true })
}

/** Those that there are, for the first connection, which is on its way before the client is ours. */
export const valuesOf = <T extends Record<string, () => unknown>>(
  parts: T,
): { [Name in keyof T]: ReturnType<T[Name]> } =>
  Object.fromEntries(
    Object.entries(parts)
      .map(([name, get]) => [name, get()])
      .filter(([, value]) => value !== undefined),
  )
