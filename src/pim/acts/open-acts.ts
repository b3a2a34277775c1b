import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { type Notes, noteOf, parsedNote } from '../../session/replicas/notes.ts'

const epochMs = z.int()
const openActShape = z.object({
  act: z.string(),
  kind: z.enum(['ending', 'cancellation', 'approval', 'denial']),
  /** When the act was sent for the first time, and for the last. */
  askedAt: epochMs,
  sentAt: epochMs,
  /** The id of PIM's request: of the request to end access, or of the request that the act cancels or decides. */
  request: z.string().optional(),
  reason: z.string().optional(),
  subject: z.object({ objectId: z.string(), name: z.string().optional(), username: z.string().optional() }).optional(),
})
/** An act that was sent, and whose result is not known yet. Instants in epoch ms. */
export type OpenAct = z.infer<typeof openActShape>

const mostOpen = 20
const lifeMs = 26 * 3_600_000

const parsed = (text: string | undefined): readonly OpenAct[] => parsedNote(z.array(openActShape), text) ?? []

/**
 * Acts without a known result, by the person who did them, shared by all replicas: each time the person comes, whichever
 * replica serves them finds out more. Wishes to turn on or extend are not among them, because each wish keeps its own
 * stage. Every method throws Problem('redis-away') when Redis does not confirm.
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
    /** The person's open acts, newest first. */
    all: async (who: Who): Promise<readonly OpenAct[]> => parsed(await notes.read(nameOf(who))),

    /** Opens an act that is about to be sent. An act that is sent again while it is open stays the same act. */
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

    /** Writes down the id of PIM's request by which the act is under way. */
    note: (who: Who, act: string, request: string): Promise<boolean> =>
      change(who, acts => acts.map(each => (each.act === act ? { ...each, request } : each))),

    /** Forgets an act whose result is known. */
    close: (who: Who, act: string): Promise<boolean> => change(who, acts => acts.filter(each => each.act !== act)),
  }
}
export type OpenActs = ReturnType<typeof createOpenActs>
