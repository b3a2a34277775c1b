import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { type Notes, noteOf } from '../../session/replicas/notes.ts'

const epochMs = z.int()
const openActShape = z.object({
  act: z.string(),
  kind: z.enum(['ending', 'cancellation', 'approval', 'denial']),
  /** When it was sent first, and last. */
  askedAt: epochMs,
  sentAt: epochMs,
  /** PIM's request that it is, or is about. */
  request: z.string().optional(),
  reason: z.string().optional(),
  subject: z.object({ objectId: z.string(), name: z.string().optional(), username: z.string().optional() }).optional(),
})
/** An act that was sent, and of which nobody knows yet what became. Instants in epoch ms. */
export type OpenAct = z.infer<typeof openActShape>

const mostOpen = 20
const lifeMs = 26 * 3_600_000

/**
 * Acts without an answer, by the person who did them, shared by all replicas: whoever of them comes next finds out more.
 * Wishes to turn on or extend are not among them: they say themselves how far they have come.
 */
export function createOpenActs({ notes, clock }: { notes: Notes; clock: Clock }) {
  const nameOf = ({ identity }: Who) => noteOf('open-acts', identity)
  const change = (who: Who, edit: (acts: readonly OpenAct[]) => readonly OpenAct[]) =>
    notes.change(
      nameOf(who),
      text => {
        const after = edit(parsed(text))
        return after.length === 0 ? (text === undefined ? undefined : null) : JSON.stringify(after)
      },
      lifeMs,
    )

  return {
    all: async (who: Who): Promise<readonly OpenAct[]> => parsed(await notes.read(nameOf(who))),

    /** About to be sent. The same thing, sent again while it is open, is the same act. */
    async begin(who: Who, { act, kind, ...about }: Omit<OpenAct, 'askedAt' | 'sentAt'>): Promise<OpenAct> {
      const at = clock().getTime()
      let begun: OpenAct = { act, kind, ...about, askedAt: at, sentAt: at }
      await change(who, acts => {
        const before = acts.find(each => each.kind === kind && (kind === 'ending' || each.request === about.request))
        begun = { ...begun, ...(before && { act: before.act, askedAt: before.askedAt }) }
        return [begun, ...acts.filter(each => each !== before)].slice(0, mostOpen)
      })
      return begun
    },

    /** It is under way by this request of PIM's. */
    note: (who: Who, act: string, request: string): Promise<boolean> =>
      change(who, acts => acts.map(each => (each.act === act ? { ...each, request } : each))),

    close: (who: Who, act: string): Promise<boolean> => change(who, acts => acts.filter(each => each.act !== act)),
  }
}
export type OpenActs = ReturnType<typeof createOpenActs>

const parsed = (text: string | undefined): readonly OpenAct[] =>
  text === undefined ? [] : (z.array(openActShape).safeParse(JSON.parse(text)).data ?? [])
