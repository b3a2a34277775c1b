import { cloudHosts } from '../clouds.ts'
import { Stop } from '../commands/command.ts'
import { tokensOfThisMachine } from '../credentials.ts'
import { tokensOfLocalTenant } from '../local-token.ts'
import type { Surroundings } from '../surroundings.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'
import { CannotBegin, type DoctorAsked } from './asked.ts'
import type { GivenSettings } from './given-settings.ts'

type Said = { given: GivenSettings; wish: TenantWish | undefined }

/**
 * Where the token for Graph comes from: standard input, the local tenant, or, where only tenant.json is given, whoever is
 * signed in on this machine. Undefined: the application's own, by its credential.
 */
export function operatorTokenFor(
  { hasToken, local }: DoctorAsked,
  { given, wish }: Said,
  around: Pick<Surroundings, 'clock' | 'standardInput' | 'fetch' | 'tell'>,
): (() => Promise<string>) | undefined {
  if (hasToken) return once(() => tokenIn(around.standardInput))
  if (local !== undefined) return once(() => tokensOfLocalTenant(local, around.fetch)())
  if (given.kind === 'good' || !wish) return undefined
  return once(() =>
    tokensOfThisMachine(cloudHosts[wish.cloud], { tenantId: wish.tenant, clock: around.clock })().catch(toldBy(around)),
  )
}

/** Nothing of the tenant can be seen then, and every finding says so. Why stands beside them once. */
const toldBy =
  ({ tell }: Pick<Surroundings, 'tell'>) =>
  (thrown: unknown): never => {
    if (thrown instanceof Stop) tell(thrown.message)
    throw thrown
  }

async function tokenIn(standardInput: () => Promise<string>): Promise<string> {
  const token = (await standardInput()).trim()
  if (token === '') throw new CannotBegin(64, ['There is no token on standard input.'])
  return token
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  return () => {
    asked ??= work()
    return asked
  }
}
