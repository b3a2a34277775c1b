import { Stop } from './commands/command.ts'
import { exits } from './exits.ts'
import type { TokenSource } from './graph/graph.ts'

/** The local tenant gives a token to anybody who asks: it plays the operator's sign-in. */
export function tokensOfLocalTenant(local: string, fetch: typeof globalThis.fetch): TokenSource {
  const { origin } = new URL(local)
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
