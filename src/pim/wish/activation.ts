import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Outcome } from '../../audit/trail.ts'
import type { Clock } from '../../clock.ts'
import type { PimRequest, RequestStatus } from '../../entra/pim/pim.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { type Notes, noteOf } from '../../session/replicas/notes.ts'
import { verdictOf } from '../acts/verdict.ts'
import { type PimRefusal, type RefusalCode, refusalOf } from '../refusals/from-graph.ts'

const epochMs = z.int()
const wishShape = z.object({ reason: z.string(), ticket: z.string().optional(), minutes: z.int().positive() })
const activationShape = z.object({
  id: z.string(),
  kind: z.enum(['turn-on', 'extend']),
  wish: wishShape,
  /** For an extension: when the period before it ends. */
  startsAt: epochMs.optional(),
  returnTo: z.string(),
  keptAt: epochMs,
  /** Kept until the person proved more · sent · waits for approval · accepted · the person is in · ended without it. */
  stage: z.enum(['kept', 'asking', 'waiting', 'accepted', 'in', 'over']),
  /** What Entra must prove, and how often it was asked to. */
  claims: z.string().optional(),
  challenges: z.int().default(0),
  steppedUpAt: epochMs.optional(),
  askedAt: epochMs.optional(),
  acceptedAt: epochMs.optional(),
  /** Microsoft says that it is on already: by somebody's other tab, or the portal. */
  wasOn: z.boolean().optional(),
  /** PIM's request, and its last known status. */
  request: z.string().optional(),
  status: z.string().optional(),
  /** Why it is over. */
  ending: z
    .object({
      code: z.string(),
      by: z.string().optional(),
      byId: z.string().optional(),
      byUsername: z.string().optional(),
      at: epochMs.optional(),
      comment: z.string().optional(),
      /** What to say of a refusal, as it was worked out when it came. */
      problem: z.custom<PimRefusal>(found => typeof found === 'object').optional(),
    })
    .optional(),
})
/** One wish to turn on access, or to prolong it, and how far it has come. A person has one at a time. Instants in epoch ms. */
export type Activation = z.infer<typeof activationShape>
export type Edit = (activation: Activation) => Activation | undefined

/** A wish that waits for its passkey is used within so long, or not at all. */
export const keptLifeMs = 10 * 60_000
/** An approval takes a day at most; what was typed is offered again for a while after it. */
const lifeMs = 26 * 3_600_000

/** The wishes of people, each for its person only, shared by all replicas; a change counts only on what it was made from. */
export function createActivations({ notes, clock }: { notes: Notes; clock: Clock }) {
  const nameOf = ({ identity }: Who) => noteOf('activation', identity)

  // More time may be asked for while the first period runs, and the other way round; once more when the next has begun.
  function standsInTheWay(found: Activation | undefined, kind: Activation['kind']): boolean {
    const now = clock().getTime()
    if (!isOnItsWay(found, now)) return false
    const hasBegun = found.kind === 'extend' && (found.startsAt ?? 0) <= now
    return found.stage !== 'accepted' || (found.kind === kind && !hasBegun)
  }

  return {
    read: async (who: Who): Promise<Activation | undefined> => parsed(await notes.read(nameOf(who))),

    /** Begins a wish in place of the one there was, unless that one is being asked for, waits or was accepted. */
    async begin(
      who: Who,
      wish: Pick<Activation, 'kind' | 'wish' | 'returnTo'> & Partial<Activation>,
    ): Promise<Activation | undefined> {
      const fresh = {
        stage: 'kept',
        challenges: 0,
        ...wish,
        id: randomBytes(16).toString('base64url'),
        keptAt: clock().getTime(),
      } as const
      const isBegun = await notes.change(
        nameOf(who),
        text => (standsInTheWay(parsed(text), wish.kind) ? undefined : JSON.stringify(fresh)),
        lifeMs,
      )
      return isBegun ? fresh : undefined
    },

    /** Changes the wish of this id; undefined when it is another one by now, or `edit` says so. */
    async change(who: Who, id: string, edit: Edit): Promise<Activation | undefined> {
      let after: Activation | undefined
      const isChanged = await notes.change(
        nameOf(who),
        text => {
          const found = parsed(text)
          after = found?.id === id ? edit(found) : undefined
          return after && JSON.stringify(after)
        },
        lifeMs,
      )
      return isChanged ? after : undefined
    },
  }
}
export type Activations = ReturnType<typeof createActivations>

/** Nothing else may be begun meanwhile. */
export function isOnItsWay(activation: Activation | undefined, now: number): activation is Activation {
  if (activation?.stage === 'accepted')
    return now < (activation.startsAt ?? activation.acceptedAt ?? 0) + activation.wish.minutes * 60_000
  return activation?.stage === 'asking' || activation?.stage === 'waiting'
}

/** What PIM says of its request: the status decides, never that it was taken. */
export function settled(activation: Activation, request: PimRequest, now: number): Activation {
  const found = { ...activation, wish: wishIn(activation, request), request: request.id, status: request.status }
  if (request.status === 'pendingapproval' || request.status === 'pendingadmindecision')
    return { ...found, stage: 'waiting' }
  const verdict = verdictOf(request.status, 'granting')
  if (verdict === 'denied' || verdict === 'failed')
    return { ...found, stage: 'over', ending: endingOf(activation, request, now) }
  return { ...found, stage: 'accepted', acceptedAt: activation.acceptedAt ?? now }
}

/** Microsoft says "asked already": what waits is the earlier wish, so that is what is shown. */
function wishIn({ wish, stage, request: known }: Activation, { reason, ticket, minutes }: PimRequest) {
  if (stage !== 'waiting' || known !== undefined) return wish
  return { reason: reason ?? wish.reason, minutes: minutes ?? wish.minutes, ...(ticket && { ticket }) }
}

export const approvalLifeMs = 24 * 3_600_000

/** What is known to have become of a wish that was sent. */
export function outcomeIn({ stage, request, status, ending }: Activation): Outcome {
  const known = { request, status: status ?? ending?.code }
  const by = ending?.byId ? { objectId: ending.byId, name: ending.by, username: ending.byUsername } : undefined
  if (stage === 'over') return { ...known, verdict: ending?.code === 'denied' ? 'denied' : 'failed', ...(by && { by }) }
  if (stage === 'waiting' || stage === 'accepted')
    return { ...known, verdict: status ? verdictOf(status as RequestStatus, 'granting') : 'waiting' }
  return { ...known, verdict: stage === 'in' ? 'done' : 'unanswered' }
}

/** An extension that came to nothing is news until the period ends that it was to follow. */
export const isNotExtended = ({ kind, stage, startsAt = 0 }: Activation, now: number): boolean =>
  kind === 'extend' && stage === 'over' && now < startsAt

/** What to say of how a wish ended. */
export const problemIn = ({ ending }: Activation): PimRefusal =>
  ending?.problem ?? refusalOf((ending?.code ?? 'failed') as RefusalCode)

function endingOf({ stage }: Activation, { status, createdAt }: PimRequest, now: number): { code: string } {
  if (status === 'denied') return { code: 'denied' }
  if (status === 'canceled') return { code: 'cancelled' }
  return { code: stage === 'waiting' && now >= createdAt + approvalLifeMs - 60_000 ? 'lapsed' : 'failed' }
}

function parsed(text: string | undefined): Activation | undefined {
  return text === undefined ? undefined : activationShape.safeParse(JSON.parse(text)).data
}
