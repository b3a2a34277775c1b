import { Stop } from './commands/command.ts'
import { exits } from './exits.ts'
import type { TokenSource } from './graph/graph.ts'

/**
 * Tokens from whatever credential this machine has: the environment, a workload or managed identity, the Azure CLI,
 * PowerShell, Visual Studio Code. The package caches them and renews them in time.
 * Source: https://learn.microsoft.com/javascript/api/@azure/identity/defaultazurecredential
 */
export function tokensOfThisMachine(hosts: { authority: string; graph: string }, tenantId: string): TokenSource {
  let credential: Promise<import('@azure/identity').TokenCredential> | undefined
  return async () => {
    // Loaded late, because it takes a second and most commands on a local tenant need none of it.
    credential ??= import('@azure/identity').then(
      ({ DefaultAzureCredential }) => new DefaultAzureCredential({ authorityHost: hosts.authority, tenantId }),
    )
    const token = await (await credential).getToken(`${hosts.graph}/.default`, { tenantId }).catch(notSignedIn)
    return token?.token ?? notSignedIn()
  }
}

// Its message lists every credential that was tried, over many lines, and may name files. What to do is the same for all.
function notSignedIn(error?: { name?: string }): never {
  throw new Stop(
    exits.failed,
    `No credential for Graph was found${error?.name ? ` (${error.name})` : ''}. Sign in with \`az login --tenant\`, set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET of an application that holds the permissions of docs/setup.md, or pipe a token into --token -.`,
  )
}
