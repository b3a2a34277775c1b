import type { Config } from '../../../src/config/load.ts'
import type { ExpectedTenant } from '../../../src/setup/expected.ts'
import type { Fact } from '../../../src/setup/facts/fact.ts'
import type { Judged, SetupFinding } from '../../../src/setup/finding.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'
import type { GivenSettings } from './given-settings.ts'
import type { TenantPlace } from './places.ts'
import type { CredentialTried } from './sight/credential.ts'
import type { HouseSight } from './sight/house.ts'
import type { TenantMetadata } from './sight/metadata.ts'
import type { RedirectSight } from './sight/redirect.ts'
import type { RedisSight } from './sight/redis.ts'
import type { WishInTenant } from './wish-in-tenant.ts'

/** Everything that the doctor knows when it judges what only it can see. */
export type DoctorFacts = {
  now: Date
  given: GivenSettings
  /** The settings, where they are good. */
  config: Fact<Config>
  /** tenant.json, where there is one. */
  wish: TenantWish | undefined
  /** Where the tenant is asked; undefined where settings and tenant.json name no tenant. */
  place: TenantPlace | undefined
  /** The objects that tenant.json names, as far as they were found. */
  named: WishInTenant | undefined
  expected: Fact<ExpectedTenant>
  /** What the tenant itself was found to be like. */
  findings: readonly SetupFinding[]
  metadata: Fact<TenantMetadata>
  credentials: Fact<readonly CredentialTried[]>
  redirect: Fact<RedirectSight>
  redis: Fact<RedisSight>
  house: Fact<HouseSight>
}

/** A check of what only the doctor sees: the settings, Redis, the address of the application, the clock. */
export type DoctorCheck = { name: string; why: string; judge(facts: DoctorFacts): Judged }
