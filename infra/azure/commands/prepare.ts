import { connect } from '../connection.ts'
import { type Known, nothingKnown } from '../model/known.ts'
import type { Given } from '../run/given.ts'
import { type Planned, planOf } from '../run/plan.ts'
import type { Surroundings } from '../surroundings.ts'
import { lookUp } from '../things/look-up.ts'
import { checkOwnTenant } from '../things/own-tenant.ts'
import { thingsOf } from '../things.ts'
import type { Options } from './options.ts'
import { wishIn } from './wish-file.ts'

/** What tenant.json wants, connected to its tenant. */
export async function prepare(options: Options, around: Surroundings): Promise<Given> {
  const wish = await wishIn(options.file, around)
  const { clock, sleep, print, readText } = around
  const graph = await connect(wish, options, around)
  const doubt = await checkOwnTenant(graph, wish.tenant)
  if (doubt !== undefined) around.tell(doubt)
  return { wish, graph, enablePolicies: options.enablePolicies, clock, sleep, print, readText }
}

/** The plan for a tenant, and the ids that were found on the way. */
export async function planFor(given: Given): Promise<{ planned: readonly Planned[]; known: Known }> {
  const known = nothingKnown()
  await lookUp(given, known)
  return { planned: await planOf(thingsOf(given), known), known }
}
