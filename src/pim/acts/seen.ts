import type { Observations } from '../../audit/observations.ts'
import { GraphRefusal } from '../../entra/graph/refusal.ts'
import type { Who } from '../../gate/asking/pim-token.ts'

/** What is seen of an act of this id. */
type OfAct = { id: string; request?: string | undefined }

/** Makes the functions that have recorded what is seen of people's acts at one gate. No act waits for them. */
export const createSeenOfActs = (
  gate: string,
  { effective, lapsed, refused }: Pick<Observations, 'effective' | 'lapsed' | 'refused'>,
) => ({
  /** The person is in, so many ms after Microsoft accepted the act. */
  effective: ({ identity }: Who, { id }: OfAct, afterMs: number): void =>
    effective({ gate, actor: identity, act: id, seconds: Math.max(0, Math.round(afterMs / 1000)) }),

  /** Nobody decided about it in time. */
  lapsed: ({ identity }: Who, { id, request }: OfAct): void => lapsed({ gate, actor: identity, act: id, request }),

  /** PIM refused it because of rules of the policy. Any other refusal says nothing more than the outcome of the act. */
  refused({ identity }: Who, { id }: OfAct, thrown: unknown): void {
    if (!(thrown instanceof GraphRefusal) || thrown.rules.length === 0) return
    refused({ gate, actor: identity, act: id, code: thrown.code, rule: thrown.rules.join(' ') })
  },
})
export type SeenOfActs = ReturnType<typeof createSeenOfActs>
