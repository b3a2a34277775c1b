import type { Graph } from '../graph/graph.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'

/** What things are made of: the wish, the tenant's Graph, and what the command line says. */
export type Given = {
  wish: TenantWish
  graph: Graph
  /** Whether Conditional Access policies are to be enabled. Without it, new ones only report. */
  enablePolicies: boolean
  clock: () => Date
  sleep: (ms: number) => Promise<void>
  /** The text of a file that the wish names. */
  readText(path: string): Promise<string>
  /** Shows a result to whoever runs the program. A secret is shown this way, once, and kept nowhere. */
  print(text: string): void
}
