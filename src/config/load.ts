import { cloudOf, misfitOf } from './clouds.ts'
import type { Credential } from './credential.ts'
import { credentialFaults, credentialFrom } from './credential-settings.ts'
import { gateFaults, gatesFrom } from './gates.ts'
import { type FileEntry, readGatesFile } from './gates-file.ts'
import { collectSettings, type Environment, type Fault, type Name, type Values } from './given.ts'
import { isLoopback } from './loopback.ts'
import { proxyFrom } from './proxy.ts'
import { type RedisFiles, redisConfigFrom, redisFaults } from './redis-settings.ts'
import { Secret } from './secret.ts'
import { liveNames, type SecretFile } from './secret-files.ts'
import { explanationOf, parseSettings, type Settings, settings } from './settings.ts'
import { webhookFaults, webhookFrom } from './webhook-settings.ts'

/** The settings by the part that uses them. Durations in milliseconds. */
export type Config = ReturnType<typeof nest>

/** Settings are missing or wrong. `faults` has a line for each of them. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.join('\n'))
    this.faults = faults
  }
}

/**
 * Reads the settings from an environment, each also from the file that `NAME_FILE` names. An empty value counts as absent.
 * `demo` lets REDIS_URL be absent.
 *
 * Throws ConfigError with every fault at once. A fault never contains the value of a setting.
 */
export function loadConfig(environment: Environment, { demo = false } = {}): Config {
  const { values, faults } = collectSettings(environment)
  faults.push(...credentialFaults(values, faults), ...redisFaults(values))
  const gates = gatesIn(values)
  const known = new Set(faults.map(({ name }) => name))
  faults.push(...gates.faults.filter(({ name }) => !known.has(name)))
  const { data, error } = parseSettings(values, { demo })
  for (const { path, message } of error?.issues ?? []) {
    const name = String(path[0]) as Name
    addIfFirst(faults, { name, wrong: values[name] === undefined ? 'is required' : message })
  }
  const pair = pairIn(values)
  const misfit = pair && misfitOf(pair)
  if (misfit) addIfFirst(faults, { name: misfit.setting, ...misfit })
  for (const fault of [...portFaults(values), ...webhookFaults(values)]) addIfFirst(faults, fault)
  if (!data || !pair || faults.length > 0) throw new ConfigError(faults.toSorted(byPlace).map(line))
  return nest(data, pair, {
    gates: gates.entries,
    secretFiles: secretFilesOf(environment, values),
    redisFiles: { urlFile: environment.REDIS_URL_FILE || undefined, caFile: values.REDIS_CA_FILE },
  })
}

/** A setting that has a fault already needs no second one, which may only follow from the first. */
function addIfFirst(faults: Fault[], fault: Fault): void {
  if (!faults.some(({ name }) => name === fault.name)) faults.push(fault)
}

const places = Object.keys(settings)
const byPlace = (one: Fault, other: Fault) => places.indexOf(one.name) - places.indexOf(other.name)

const line = ({ name, wrong, example = explanationOf(settings[name])?.example }: Fault) =>
  `${name} ${wrong}. Example: ${example}`

function portFaults(values: Values): Fault[] {
  const metricsPort = settings.METRICS_PORT.safeParse(values.METRICS_PORT).data
  const isSame = metricsPort !== undefined && metricsPort === settings.PORT.safeParse(values.PORT).data
  return isSame ? [{ name: 'METRICS_PORT', wrong: 'must be another port than PORT' }] : []
}

/** The gates in GATES_FILE, with the faults of all gates. */
function gatesIn(values: Values): { entries: readonly FileEntry[]; faults: Fault[] } {
  const { entries, faults } = values.GATES_FILE === undefined ? nothing : readGatesFile(values.GATES_FILE)
  return { entries, faults: [...faults, ...gateFaults(values, entries)] }
}
const nothing = { entries: [], faults: [] }

/**
 * The addresses of Entra and of Graph, read by themselves, because other settings may be wrong. A local tenant has a Graph
 * of its own, unless the settings name another.
 */
function pairIn(values: Values): { authority: string; graphBaseUrl: string } | undefined {
  const authority = settings.ENTRA_AUTHORITY.safeParse(values.ENTRA_AUTHORITY).data
  const graph = settings.GRAPH_BASE_URL.safeParse(values.GRAPH_BASE_URL).data
  if (authority === undefined || graph === undefined) return undefined
  const isTenantsOwn = values.GRAPH_BASE_URL === undefined && isLoopback(authority)
  return { authority, graphBaseUrl: isTenantsOwn ? `${authority}/graph/v1.0` : graph }
}

const secretFilesOf = (environment: Environment, values: Values): SecretFile[] =>
  liveNames.flatMap(name => {
    const path = environment[`${name}_FILE`]
    const read = values[name]
    return path && read ? [{ name, path, read: new Secret(read) }] : []
  })

type Files = { gates: readonly FileEntry[]; secretFiles: readonly SecretFile[]; redisFiles: RedisFiles }

function nest(read: Settings, pair: NonNullable<ReturnType<typeof pairIn>>, files: Files) {
  return {
    baseUrl: read.BASE_URL,
    listen: { host: read.HOST, port: read.PORT },
    trustProxy: read.TRUST_PROXY,
    entra: {
      authority: pair.authority,
      tenantId: read.ENTRA_TENANT_ID,
      clientId: read.ENTRA_CLIENT_ID,
      // `credentialFaults` has checked that there is one.
      credential: credentialFrom(read) as Credential,
    },
    gates: gatesFrom(read, files.gates),
    cloud: cloudOf(pair),
    graph: { baseUrl: pair.graphBaseUrl, notifications: read.GRAPH_NOTIFICATIONS },
    membership: {
      recheckMs: read.MEMBERSHIP_RECHECK_SECONDS * 1000,
      graceMs: read.MEMBERSHIP_GRACE_SECONDS * 1000,
      roster: read.MEMBERSHIP_ROSTER,
      rosterMs: read.MEMBERSHIP_ROSTER_SECONDS * 1000,
    },
    proxy: proxyFrom(read),
    /** Whether people turn on access here, at those gates whose settings allow it. */
    pim: { selfService: read.PIM_SELF_SERVICE },
    session: {
      secrets: read.SESSION_SECRET,
      idleMs: read.SESSION_IDLE_MINUTES * 60_000,
      maxMs: read.SESSION_MAX_HOURS * 3_600_000,
    },
    redis: redisConfigFrom(read, files.redisFiles),
    /** Without a key the checkpoints of the trail are not signed. */
    audit: { keepDays: read.AUDIT_KEEP_DAYS, signingKeys: read.AUDIT_SIGNING_KEY ?? [], webhook: webhookFrom(read) },
    /** The secrets that came from files, where they may change. */
    secretFiles: files.secretFiles,
    log: { level: read.LOG_LEVEL },
    metricsPort: read.METRICS_PORT,
    environment: { name: read.ENVIRONMENT_NAME, colour: read.ENVIRONMENT_COLOUR },
    shutdownGraceMs: read.SHUTDOWN_GRACE_SECONDS * 1000,
  }
}
