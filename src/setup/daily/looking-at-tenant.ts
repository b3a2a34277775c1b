import type { Clock } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import { createGraph, type Graph } from '../../entra/graph/graph.ts'
import type { AppToken } from '../../entra/oidc/app-token.ts'
import { NoAnswer } from '../../entra/outbound.ts'
import { expectedFrom } from '../expected.ts'
import { findingsOf } from '../findings.ts'
import type { LookedAtTenant } from './next-check.ts'

/**
 * Looks at the tenant with the permissions that the application itself has. Never rejects. The calls are not counted among
 * those that people wait for: a permission that is missing here is no fault.
 */
export function createLookingAtTenant({
  config,
  clock,
  appToken,
  graph = createGraph({ config }),
  sleep,
}: {
  config: Config
  clock: Clock
  appToken: Pick<AppToken, 'get'>
  graph?: Pick<Graph, 'call' | 'list'>
  sleep?: ((ms: number) => Promise<void>) | undefined
}): () => Promise<LookedAtTenant> {
  const expected = expectedFrom(config)
  return async () => {
    const unanswered = new Set<string>()
    /** A call counts as unanswered until it is answered, in the end, with whatever it may be. */
    const noting = async <T>(path: string, work: Promise<T>): Promise<T> => {
      unanswered.add(path)
      return work.then(
        answer => {
          unanswered.delete(path)
          return answer
        },
        thrown => {
          if (!(thrown instanceof NoAnswer)) unanswered.delete(path)
          throw thrown
        },
      )
    }
    const noted: typeof graph = {
      call: (path, ...rest) => noting(path, graph.call(path, ...rest)),
      list: (path, token) => noting(path, graph.list(path, token)),
    }
    const token = () => noting('token', appToken.get().catch(noToken))
    const findings = await findingsOf({ graph: noted, token, expected, clock, ...(sleep && { sleep }) })
    return { findings, isWhole: unanswered.size === 0 }
  }
}

/** Whatever keeps the application from a token keeps Microsoft from answering. */
const noToken = (cause: unknown): never => {
  throw new NoAnswer('no token', { cause })
}
