import { readFileSync } from 'node:fs'
import type { Secret } from './secret.ts'
import { explanationOf, parseSettings, type Settings, settings } from './settings.ts'

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
  const parsed = parseSettings(values, { demo })
  const names = new Set(faults.map(fault => fault.name))
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0]) as Name
    if (names.has(name)) continue
    names.add(name)
    faults.push({ name, wrong: values[name] === undefined ? 'is required' : issue.message })
  }
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults.map(line))
  return nest(parsed.data)
}

function collect(environment: Environment) {
  const values: Partial<Record<Name, string>> = {}
  const faults: { name: Name; wrong: string }[] = []
  for (const name of Object.keys(settings) as Name[]) {
    const direct = environment[name] || undefined
    const file = environment[`${name}_FILE`] || undefined
    if (direct !== undefined && file !== undefined)
      faults.push({ name, wrong: `is given twice: keep ${name} or ${name}_FILE` })
    const value = direct ?? (file === undefined ? undefined : contentOf(file))
    if (file !== undefined && value === undefined)
      faults.push({ name, wrong: `cannot be read from the file that ${name}_FILE names` })
    if (value !== undefined) values[name] = value
  }
  return { values, faults }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined
  } catch {
    return undefined
  }
}

const line = ({ name, wrong }: { name: Name; wrong: string }) =>
  `${name} ${wrong}. Example: ${explanationOf(settings[name])?.example}`

function nest(read: Settings) {
  return {
    baseUrl: read.BASE_URL,
    listen: { host: read.HOST, port: read.PORT },
    trustProxy: read.TRUST_PROXY,
    entra: {
      authority: read.ENTRA_AUTHORITY,
      tenantId: read.ENTRA_TENANT_ID,
      clientId: read.ENTRA_CLIENT_ID,
      clientSecret: read.ENTRA_CLIENT_SECRET,
    },
    access: { groupId: read.ACCESS_GROUP_ID, groupName: read.ACCESS_GROUP_NAME ?? read.ACCESS_GROUP_ID },
    graph: { baseUrl: read.GRAPH_BASE_URL, notifications: read.GRAPH_NOTIFICATIONS },
    membership: {
      recheckMs: read.MEMBERSHIP_RECHECK_SECONDS * 1000,
      graceMs: read.MEMBERSHIP_GRACE_SECONDS * 1000,
      roster: read.MEMBERSHIP_ROSTER,
      rosterMs: read.MEMBERSHIP_ROSTER_SECONDS * 1000,
      authContext: read.AUTH_CONTEXT_ID,
    },
    pim: { selfService: read.PIM_SELF_SERVICE },
    session: {
      secrets: read.SESSION_SECRET as [Secret, ...Secret[]],
      idleMs: read.SESSION_IDLE_MINUTES * 60_000,
      maxMs: read.SESSION_MAX_HOURS * 3_600_000,
    },
    redis: { url: read.REDIS_URL, prefix: read.REDIS_PREFIX },
    audit: { keepDays: read.AUDIT_KEEP_DAYS },
    log: { level: read.LOG_LEVEL },
    metricsPort: read.METRICS_PORT,
    environment: { name: read.ENVIRONMENT_NAME, colour: read.ENVIRONMENT_COLOUR },
  }
}

const families = ['ENTRA_', 'SESSION_', 'MEMBERSHIP_', 'PIM_', 'REDIS_']

/** A line for each name that looks like ours but is not: most often a misspelt setting that would be silently ignored. */
export function unknownSettings(environment: Environment): string[] {
  const known = Object.keys(settings).flatMap(name => [name, `${name}_FILE`])
  return Object.keys(environment)
    .filter(name => families.some(family => name.startsWith(family)) && !known.includes(name))
    .map(name => `${name} is not a setting; the nearest is ${nearest(name, known)}`)
}

const nearest = (name: string, known: readonly string[]) =>
  known.toSorted((one, other) => distance(name, one) - distance(name, other))[0]

/** Levenshtein distance. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [i, a] of [...one].entries()) {
    const next = [i + 1]
    for (const [j, b] of [...other].entries())
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (a === b ? 0 : 1)))
    row = next
  }
  return row[other.length] ?? 0
}
