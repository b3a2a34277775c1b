import type { Config } from '../../../src/config/load.ts'
import { createGraph } from '../../../src/entra/graph/graph.ts'
import { waitAtMost } from '../../../src/patience.ts'
import { setupChecks } from '../../../src/setup/checks.ts'
import type { ExpectedTenant } from '../../../src/setup/expected.ts'
import type { Fact } from '../../../src/setup/facts/fact.ts'
import { type SetupFinding, untold } from '../../../src/setup/finding.ts'
import { findingsOf } from '../../../src/setup/findings.ts'
import type { Surroundings } from '../surroundings.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'
import { expectedTenant } from './expected-tenant.ts'
import type { GivenSettings } from './given-settings.ts'
import type { DoctorFacts } from './own-check.ts'
import type { TenantPlace } from './places.ts'
import { type CredentialTried, tryCredentials } from './sight/credential.ts'
import { lookAtHouse } from './sight/house.ts'
import { readMetadata } from './sight/metadata.ts'
import { tryRedirect } from './sight/redirect.ts'
import { lookAtRedis } from './sight/redis.ts'
import { findNamed } from './wish-in-tenant.ts'

/** What the doctor begins with. */
export type Beginning = {
  given: GivenSettings
  wish: TenantWish | undefined
  /** Undefined where settings and tenant.json name no tenant. */
  place: TenantPlace | undefined
  /** A token for Graph from elsewhere; undefined: the application's own is used. */
  operatorToken: (() => Promise<string>) | undefined
}

const longestMs = 19_000
// One after the other: a token, the ids of what tenant.json names, and then the tenant itself in the time that is left.
const tokenWithinMs = 6_000
const namesWithinMs = 4_000
const partWithinMs = 15_000

/** Looks at everything at once, each part with a bound of its own. Never rejects, and takes less than 20 s. */
export async function seeAll(
  beginning: Beginning,
  around: Pick<Surroundings, 'clock' | 'sleep'>,
): Promise<DoctorFacts> {
  const { given, wish, place } = beginning
  const { clock, sleep } = around
  const endsAt = performance.now() + longestMs
  const config = configIn(given)
  const credentials = lookedAt(config, good => seen(tryCredentials(good, clock)))
  const redirect = lookedAt(config, tryRedirect)
  const redis = lookedAt(config, good => seen(lookAtRedis(good.redis)))
  const metadata = place ? bounded(readMetadata(place, clock)) : Promise.resolve(unseenBy(config))
  const baseUrl = 'value' in config ? config.value.baseUrl : wish?.baseUrl
  const house = baseUrl === undefined ? Promise.resolve(unseenBy(config)) : bounded(seen(lookAtHouse(baseUrl)))

  const asking = { graph: graphAt(place), token: beginning.operatorToken ?? ownTokenOf(credentials) }
  const named = wish && (await namedIn(wish, asking))
  const expected = expectedTenant({ config, wish, named })
  const findings = tenantFindings(expected, { ...asking, clock, sleep }, endsAt - performance.now())
  return {
    ...{ now: clock(), given, config, wish, place, named, expected },
    credentials: await credentials,
    metadata: await metadata,
    redirect: await redirect,
    redis: await redis,
    house: await house,
    findings: await findings,
  }
}

/** The ids of what tenant.json names. Undefined where they could not be looked up in time. */
async function namedIn(wish: TenantWish, asking: Parameters<typeof findNamed>[1]) {
  // Whoever is signed in on this machine is found slowly.
  await waitAtMost(tokenWithinMs, asking.token().then(String, String), String)
  return waitAtMost(namesWithinMs, findNamed(wish, asking), () => undefined)
}

const tooLong = { unseen: 'This took too long to be seen.', remedy: 'Check again.' }

function configIn(given: GivenSettings): Fact<Config> {
  if (given.kind === 'good') return { value: given.config }
  if (given.kind === 'none') return { unseen: 'No settings were given.', remedy: 'Give them with --env-file .env.' }
  return { unseen: 'The settings are at fault.', remedy: 'Mend the settings that settings-valid names.' }
}

/** Why there is nothing to look at. */
const unseenBy = (fact: Fact<unknown>): { unseen: string; remedy: string } => ('unseen' in fact ? fact : tooLong)

const graphAt = (place: TenantPlace | undefined) =>
  createGraph({
    config: { graph: { baseUrl: place?.graphBase ?? 'https://graph.microsoft.com/v1.0', notifications: false } },
  })

const seen = async <T>(work: Promise<T>): Promise<Fact<T>> => ({ value: await work })
const bounded = <T>(work: Promise<Fact<T>>): Promise<Fact<T>> =>
  waitAtMost<Fact<T>>(
    partWithinMs,
    work.catch(() => tooLong),
    () => tooLong,
  )

/** What needs good settings to be looked at. */
const lookedAt = <T>(config: Fact<Config>, look: (config: Config) => Promise<Fact<T>>): Promise<Fact<T>> =>
  'value' in config ? bounded(look(config.value)) : Promise.resolve(config)

const ownTokenOf = (credentials: Promise<Fact<CredentialTried[]>>) => async (): Promise<string> => {
  const tried = await credentials
  const token = 'value' in tried ? tried.value.find(each => each.token)?.token : undefined
  if (token === undefined) throw new Error('the application has no token')
  return token
}

type Asking = Omit<Parameters<typeof findingsOf>[0], 'expected' | 'named'>

async function tenantFindings(
  expected: Fact<ExpectedTenant>,
  asking: Asking,
  withinMs: number,
): Promise<readonly SetupFinding[]> {
  const unseen = ({ unseen, remedy }: { unseen: string; remedy: string }) =>
    setupChecks.map(({ name, why }) => ({ check: name, why, ...untold(unseen, remedy) }))
  if (!('value' in expected)) return unseen(unseenBy(expected))
  return waitAtMost(withinMs, findingsOf({ ...asking, expected: expected.value, named: true }), () => unseen(tooLong))
}
