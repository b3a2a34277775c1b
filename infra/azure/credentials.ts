import { Stop } from './commands/command.ts'
import { exits } from './exits.ts'
import type { TokenSource } from './graph/graph.ts'

/**
 * Tokens from whatever credential this machine has: the environment, a workload or managed identity, the Azure CLI,
 * PowerShell, Visual Studio Code. They are kept while they are good, because not every credential does that itself.
 * Source: https://learn.microsoft.com/javascript/api/@azure/identity/defaultazurecredential
 */
export function tokensOfThisMachine(
  hosts: { authority: string; graph: string },
  { tenantId, clock }: { tenantId: string; clock: () => Date },
): TokenSource {
  let credential: Promise<import('@azure/identity').TokenCredential> | undefined
  return keepingToken(async () => {
    // Loaded late, because it takes a second and most commands on a local tenant need none of it.
    credential ??= import('@azure/identity').then(
      ({ DefaultAzureCredential }) => new DefaultAzureCredential({ authorityHost: hosts.authority, tenantId }),
    )
    const token = await (await credential).getToken(`${hosts.graph}/.default`, { tenantId }).catch(notSignedIn)
    return token ?? notSignedIn()
  }, clock)
}

type Token = { token: string; expiresOnTimestamp: number }
/** A token that ends sooner is not worth beginning with. */
const restMs = 5 * 60_000

/** Asks for a token where there is none that is good for a while. The Azure CLI is a program, and takes a second each time. */
export function keepingToken(ask: () => Promise<Token>, clock: () => Date): TokenSource {
  let kept: Token | undefined
  return async because => {
    const isGood = kept !== undefined && kept.expiresOnTimestamp - clock().getTime() > restMs
    if (!isGood || because?.isRefused) kept = await ask()
    return (kept as Token).token
  }
}

// Its message lists every credential that was tried, over many lines, and may name files. What to do is the same for all.
function notSignedIn(error?: { name?: string }): never {
  throw new Stop(
    exits.failed,
    `No credential for Graph was found${error?.name ? ` (${error.name})` : ''}. Sign in with \`az login --tenant\`, set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET of an application that holds the permissions of docs/setup.md, or pipe a token into --token -.`,
  )
}
