import { readFileSync } from 'node:fs'
import { cloudOf, misfitOf } from './clouds.ts'
import type { Credential } from './credential.ts'
import { isLoopback } from './loopback.ts'
import { proxyFrom } from './proxy.ts'
import { type RedisFiles, redisConfigFrom, redisFaults } from './redis-address.ts'
import { Secret } from './secret.ts'
import { isQuoted, liveNames, type SecretFile, trimmed } from './secret-files.ts'
import { credentialFrom, explanationOf, parseSettings, type Settings, settings } from './settings.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Name = keyof typeof settings

/** The settings by the part that uses them. Durations in milliseconds. */
export type Config = ReturnType<typeof nest>

/** Settings that are missing or wrong: all of them, one line each. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.join('\n'))
    this.faults = faults
  }
}

/**
 * Reads the settings from an environment, each also from the file that `NAME_FILE` points to.
 * An empty value counts as not given. `demo` lets REDIS_URL be absent. Throws ConfigError with every fault at once; values are never part of it.
 */
export function loadConfig(environment: Environment, { demo = false } = {}): Config {
  const { values, faults } = collect(environment)
  faults.push(...credentialFaults(values, faults), ...redisFaults(values))
  const parsed = parseSettings(values, { demo })
  const names = new Set(faults.map(fault => fault.name))
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0]) as Name
    if (names.has(name)) continue
    names.add(name)
    faults.push({ name, wrong: values[name] === undefined ? 'is required' : issue.message })
  }
  const pair = pairIn(values)
  const misfit = pair && misfitOf(pair)
  if (misfit && !names.has(misfit.setting)) faults.push({ name: misfit.setting, ...misfit })
  const metricsPort = settings.METRICS_PORT.safeParse(values.METRICS_PORT).data
  if (metricsPort !== undefined && metricsPort === settings.PORT.safeParse(values.PORT).data)
    faults.push({ name: 'METRICS_PORT', wrong: 'must be another port than PORT' })
  if (!parsed.success || !pair || faults.length > 0) throw new ConfigError(faults.toSorted(byPlace).map(line))
  return nest(parsed.data, pair, {
    secretFiles: secretFilesOf(environment, values),
    redisFiles: { urlFile: environment.REDIS_URL_FILE || undefined, caFile: values.REDIS_CA_FILE },
  })
}

type Values = Partial<Record<Name, string>>
type Fault = { name: Name; wrong: string; example?: string }
const places = Object.keys(settings)
const byPlace = (one: Fault, other: Fault) => places.indexOf(one.name) - places.indexOf(other.name)

/** Other programs know these names in either case, and believe the lower one first. */
const isAlsoLower = (name: Name) => name === 'HTTPS_PROXY' || name === 'NO_PROXY'

const quoteWords = 'is in quotes, which are part of it here: leave them out'

function collect(environment: Environment) {
  const values: Values = {}
  const faults: Fault[] = []
  for (const name of Object.keys(settings) as Name[]) {
    const direct = (isAlsoLower(name) && environment[name.toLowerCase()]) || environment[name] || undefined
    const file = environment[`${name}_FILE`] || undefined
    if (direct !== undefined && file !== undefined)
      faults.push({ name, wrong: `is given twice: keep ${name} or ${name}_FILE` })
    const { text, why } = file === undefined ? {} : contentOf(file)
    const value = direct ?? text
    // Never its path: somebody may have put the secret itself there.
    if (why) faults.push({ name, wrong: `cannot be read from the file that ${name}_FILE names (${why})` })
    // What is nothing but spaces stays: it is not the same as nothing.
    if (value !== undefined) values[name] = trimmed(value) || value
    if (value !== undefined && isQuoted(trimmed(value))) faults.push({ name, wrong: quoteWords })
  }
  return { values, faults }
}

/** The text of a file, or why there is none. */
function contentOf(file: string): { text?: string; why?: string } {
  try {
    const text = trimmed(readFileSync(file, 'utf8'))
    return text ? { text } : { why: 'it is empty' }
  } catch (error) {
    return { why: String((error as NodeJS.ErrnoException).code) }
  }
}

const ofCredential = ['ENTRA_CLIENT_SECRET', 'ENTRA_CLIENT_CERTIFICATE', 'ENTRA_FEDERATED_TOKEN_FILE'] as const

/** We prove ourselves to Entra in exactly one way: with two, nobody could tell which one has to be kept in order. */
function credentialFaults(values: Values, known: readonly Fault[]): Fault[] {
  const isKnown = (name: Name) => known.some(fault => fault.name === name)
  const [first, ...more] = ofCredential.filter(name => values[name] !== undefined || isKnown(name))
  if (first === undefined)
    return [{ name: ofCredential[0], wrong: `is required (or ${ofCredential[1]}, or ${ofCredential[2]})` }]
  const token = values.ENTRA_FEDERATED_TOKEN_FILE
  const unreadable = token !== undefined && contentOf(token).why !== undefined
  const wrong = token?.startsWith('eyJ')
    ? 'must be the name of a file, not what is in it'
    : 'names a file that cannot be read or is empty'
  return [
    ...more.filter(name => !isKnown(name)).map(name => ({ name, wrong: `is given beside ${first}: keep one of them` })),
    ...(unreadable && more.length === 0 ? [{ name: ofCredential[2], wrong }] : []),
  ]
}

const secretFilesOf = (environment: Environment, values: Values): SecretFile[] =>
  liveNames.flatMap(name => {
    const path = environment[`${name}_FILE`]
    const read = values[name]
    return path && read ? [{ name, path, read: new Secret(read) }] : []
  })

const line = ({ name, wrong, example = explanationOf(settings[name])?.example }: Fault) =>
  `${name} ${wrong}. Example: ${example}`

/** Read by themselves, whatever is wrong elsewhere. The Graph of a local tenant is its own, unless another is named. */
function pairIn(values: Values) {
  const authority = settings.ENTRA_AUTHORITY.safeParse(values.ENTRA_AUTHORITY).data
  const graph = settings.GRAPH_BASE_URL.safeParse(values.GRAPH_BASE_URL).data
  if (authority === undefined || graph === undefined) return undefined
  const isTenantsOwn = values.GRAPH_BASE_URL === undefined && isLoopback(authority)
  return { authority, graphBaseUrl: isTenantsOwn ? `${authority}/graph/v1.0` : graph }
}

type Files = { secretFiles: readonly SecretFile[]; redisFiles: RedisFiles }

function nest(read: Settings, pair: NonNullable<ReturnType<typeof pairIn>>, files: Files) {
  return {
    baseUrl: read.BASE_URL,
    listen: { host: read.HOST, port: read.PORT },
    trustProxy: read.TRUST_PROXY,
    entra: {
      authority: pair.authority,
      tenantId: read.ENTRA_TENANT_ID,
      clientId: read.ENTRA_CLIENT_ID,
      // That there is one has been checked above.
      credential: credentialFrom(read) as Credential,
    },
    access: { groupId: read.ACCESS_GROUP_ID, groupName: read.ACCESS_GROUP_NAME ?? read.ACCESS_GROUP_ID },
    cloud: cloudOf(pair),
    graph: { baseUrl: pair.graphBaseUrl, notifications: read.GRAPH_NOTIFICATIONS },
    membership: {
      recheckMs: read.MEMBERSHIP_RECHECK_SECONDS * 1000,
      graceMs: read.MEMBERSHIP_GRACE_SECONDS * 1000,
      roster: read.MEMBERSHIP_ROSTER,
      rosterMs: read.MEMBERSHIP_ROSTER_SECONDS * 1000,
      authContext: read.AUTH_CONTEXT_ID,
    },
    proxy: proxyFrom(read),
    pim: { selfService: read.PIM_SELF_SERVICE },
    session: {
      secrets: read.SESSION_SECRET,
      idleMs: read.SESSION_IDLE_MINUTES * 60_000,
      maxMs: read.SESSION_MAX_HOURS * 3_600_000,
    },
    redis: redisConfigFrom(read, files.redisFiles),
    audit: { keepDays: read.AUDIT_KEEP_DAYS },
    /** Secrets that came from files, and may change there. */
    secretFiles: files.secretFiles,
    log: { level: read.LOG_LEVEL },
    metricsPort: read.METRICS_PORT,
    environment: { name: read.ENVIRONMENT_NAME, colour: read.ENVIRONMENT_COLOUR },
    shutdownGraceMs: read.SHUTDOWN_GRACE_SECONDS * 1000,
  }
}
