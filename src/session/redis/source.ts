import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { trimmed } from '../../config/given-text.ts'
import { type RedisAddress, readRedisUrl } from '../../config/redis-address.ts'
import { readAuthorities } from '../../config/redis-authorities.ts'
import { type RedisConfig, redisFaults } from '../../config/redis-settings.ts'
import { settings } from '../../config/settings.ts'
import type { Log } from '../../observability.ts'
import type { Options } from './limits.ts'

/** Where Redis is, our credentials there, and which authority has to have issued its certificate. */
export type Whereabouts = RedisAddress & { ca: string | undefined }
/** Tells where Redis is by now. */
export type Source = () => Whereabouts

/** A connection asks for each part of the whereabouts by itself: all parts have to be of one reading. */
const oneReadingMs = 50

/**
 * Tells where Redis is: at first as the settings say, and for each connection that is made as REDIS_URL_FILE and
 * REDIS_CA_FILE say by then. So a password changes without a restart. A file that cannot be read, or is not good, changes
 * nothing; the log says it once.
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
  // A file that is being written may hold half an address, which is an address, too. Our credentials do not go there.
  const isElsewhere = ({ nodes, isTls, database }: RedisAddress) =>
    JSON.stringify([nodes, isTls, database]) !== JSON.stringify([now.nodes, now.isTls, now.database])

  /** The address in a file, judged as at the start; undefined where it is no good. */
  function ourAddressIn(path: string): RedisAddress | undefined {
    const text = trimmed(fileText(path))
    const isGood =
      settings.REDIS_URL.safeParse(text).success && redisFaults({ REDIS_URL: text, ...others }).length === 0
    const found = readRedisUrl(text)
    return !isGood || 'wrong' in found || isElsewhere(found) ? undefined : found
  }

  return () => {
    if (performance.now() - readAt < oneReadingMs) return now
    readAt = performance.now()
    const address = (urlFile === undefined ? undefined : judgedUrl(() => ourAddressIn(urlFile))) ?? now
    const authorities = caFile === undefined ? ca : judgedCa(() => authoritiesIn(caFile))
    now = { ...address, ca: authorities ?? now.ca }
    return now
  }
}

const authoritiesIn = (path: string): string | undefined => {
  const found = readAuthorities(path)
  return 'wrong' in found ? undefined : found.pem
}

/**
 * Reads something that may be unreadable (`read` throws) or no good (undefined). Says in the log when that changed, and when
 * the value changed.
 */
function createJudge(name: string, log: Log) {
  let isGood = true
  let before: string | undefined
  return <T>(read: () => T | undefined): T | undefined => {
    const { value, why } = attempted(read)
    if (value === undefined && isGood) log.error({ event: 'secret-file-refused', name, why })
    isGood = value !== undefined
    if (value === undefined) return undefined
    const text = JSON.stringify(value)
    if (before !== undefined && before !== text) log.info({ event: 'secret-file-taken', name })
    before = text
    return value
  }
}

function attempted<T>(read: () => T | undefined): { value?: T; why?: 'unreadable' | 'not-good' } {
  try {
    const value = read()
    return value === undefined ? { why: 'not-good' } : { value }
  } catch {
    return { why: 'unreadable' }
  }
}

/** Opened so that nothing but a file is read: a pipe would keep us waiting for its writer. */
function fileText(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    if (!fstatSync(file).isFile()) throw new Error('not a file')
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

type Part = 'username' | 'password' | 'tls' | 'sentinelUsername' | 'sentinelPassword' | 'sentinelTLS'

/** Makes a client ask for these parts of its options whenever it connects, in place of the values that it was given at first. */
export function askingEachTime(
  { options }: { options: object },
  parts: { [Name in Part]?: () => Options[Name & keyof Options] | undefined },
): void {
  for (const [name, get] of Object.entries(parts)) Object.defineProperty(options, name, { get, enumerable: true })
}

/** The values of the parts that there are, for the first connection: it is on its way before the client is ours. */
export const valuesOf = <T extends Record<string, () => unknown>>(
  parts: T,
): { [Name in keyof T]: ReturnType<T[Name]> } =>
  Object.fromEntries(
    Object.entries(parts)
      .map(([name, get]) => [name, get()])
      .filter(([, value]) => value !== undefined),
  )
