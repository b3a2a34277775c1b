import type { Organization } from '@microsoft/microsoft-graph-types'
import { Stop } from '../commands/command.ts'
import { exits } from '../exits.ts'
import type { Graph } from '../graph/graph.ts'
import { GraphProblem } from '../graph/problem.ts'

/**
 * Throws Stop where the token is for another tenant than tenant.json names: nothing of it belongs there. Returns what to
 * tell where the token may not read that.
 */
export async function checkOwnTenant(graph: Graph, tenant: string): Promise<string | undefined> {
  const found = await graph.list<Organization>('/organization?$select=id,displayName').catch(unseen)
  if (found === undefined)
    return 'Note: the token may not read whose tenant this is (User.Read), so that was not compared.'
  if (found.some(({ id }) => id?.toLowerCase() === tenant)) return undefined
  const [other] = found
  throw new Stop(
    exits.failed,
    `The token is for the tenant ${other?.id} (${other?.displayName}), and tenant.json is about ${tenant}. Nothing was changed.`,
  )
}

function unseen(error: unknown): undefined {
  if (!(error instanceof GraphProblem && error.status === 403)) throw error
}
