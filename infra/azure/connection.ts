import { cloudHosts } from './clouds.ts'
import { Stop } from './commands/command.ts'
import type { Options } from './commands/options.ts'
import { tokensOfThisMachine } from './credentials.ts'
import { exits } from './exits.ts'
import { createGraph } from './graph/create-graph.ts'
import type { Graph, TokenSource } from './graph/graph.ts'
import { pausesOfLocalTenant } from './graph/waiting.ts'
import type { Surroundings } from './surroundings.ts'
import type { TenantWish } from './wish/tenant-wish.ts'

/** The Graph of the tenant that the wish names, asked with the credential that the command line names. */
export async function connect(wish: TenantWish, options: Options, around: Surroundings): Promise<Graph> {
  const { fetch, clock, sleep } = around
  const hosts = cloudHosts[wish.cloud]
  const base = options.local === undefined ? `${hosts.graph}/v1.0` : `${new URL(options.local).origin}/graph/v1.0`
  const pauses = options.local === undefined ? undefined : pausesOfLocalTenant
  return createGraph({ base, token: await tokensFor(wish, options, around), fetch, clock, sleep, pauses })
}

async function tokensFor(
  wish: TenantWish,
  { local, tokenFromInput }: Options,
  around: Surroundings,
): Promise<TokenSource> {
  if (tokenFromInput) return tokenGiven((await around.standardInput()).trim())
  if (local !== undefined) return tokensOfLocalTenant(new URL(local).origin, around.fetch)
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

/** The local tenant gives a token to anybody who asks: it plays the operator's sign-in. */
function tokensOfLocalTenant(origin: string, fetch: typeof globalThis.fetch): TokenSource {
  let token: string | undefined
  return async because => {
    if (because?.isRefused) token = undefined
    token ??= await askLocalTenant(origin, fetch)
    return token
  }
}

async function askLocalTenant(origin: string, fetch: typeof globalThis.fetch): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${origin}/control/token`, { method: 'POST', headers, body: '{}' }).catch(
    () => undefined,
  )
  const answer = response?.ok ? ((await response.json()) as { access_token?: string }) : undefined
  if (answer?.access_token) return answer.access_token
  throw new Stop(
    exits.failed,
    `No local tenant answers at ${origin}. Start it with: npm run tenant -- --empty --port ${new URL(origin).port}`,
  )
}
