import { cloudHosts } from './clouds.ts'
import { Stop } from './commands/command.ts'
import type { Options } from './commands/options.ts'
import { tokensOfThisMachine } from './credentials.ts'
import { exits } from './exits.ts'
import { createGraph } from './graph/create-graph.ts'
import type { Graph, TokenSource } from './graph/graph.ts'
import { pausesOfLocalTenant } from './graph/waiting.ts'
import { addressesOfLocalTenant } from './local-tenant.ts'
import { tokensOfLocalTenant } from './local-token.ts'
import type { Surroundings } from './surroundings.ts'
import type { TenantWish } from './wish/tenant-wish.ts'

/** The Graph of the tenant that the wish names, asked with the credential that the command line names. */
export async function connect(wish: TenantWish, options: Options, around: Surroundings): Promise<Graph> {
  const { fetch, clock, sleep } = around
  const hosts = cloudHosts[wish.cloud]
  const base = options.local === undefined ? `${hosts.graph}/v1.0` : addressesOfLocalTenant(options.local).graphBaseUrl
  const pauses = options.local === undefined ? undefined : pausesOfLocalTenant
  return createGraph({ base, token: await tokensFor(wish, options, around), fetch, clock, sleep, pauses })
}

async function tokensFor(
  wish: TenantWish,
  { local, tokenFromInput }: Options,
  around: Surroundings,
): Promise<TokenSource> {
  if (tokenFromInput) return tokenGiven((await around.standardInput()).trim())
  if (local !== undefined) return tokensOfLocalTenant(local, around.fetch)
  return tokensOfThisMachine(cloudHosts[wish.cloud], { tenantId: wish.tenant, clock: around.clock })
}

function tokenGiven(token: string): TokenSource {
  if (!/^[\w.~+/-]+=*$/.test(token))
    throw new Stop(exits.usage, 'Standard input holds no token: one line, without anything around it.')
  return async because => {
    if (because?.isRefused)
      throw new Stop(
        exits.failed,
        'Graph refused the token from standard input: it is not for this Graph, or has expired. Nothing is lost by running this again with a new one.',
      )
    return token
  }
}
