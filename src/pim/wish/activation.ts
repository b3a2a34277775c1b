import { z } from 'zod'
import type { PimRefusal } from '../refusals/words.ts'

const epochMs = z.int()
const wishShape = z.object({ reason: z.string(), ticket: z.string().optional(), minutes: z.int().positive() })

/** How a wish is written down, as JSON in a note. */
export const activationShape = z.object({
  id: z.string(),
  kind: z.enum(['turn-on', 'extend']),
  wish: wishShape,
  /** When an extension begins, which is when the period before it ends. */
  startsAt: epochMs.optional(),
  returnTo: z.string(),
  keptAt: epochMs,
  /**
   * How far the wish has come. `kept`: it is not sent, because the person must prove more first · `asking`: it was sent,
   * and PIM has not answered · `waiting`: somebody must approve it · `accepted`: PIM took it · `in`: the person is a member
   * by it · `over`: it came to nothing, or access was ended. The table in `stages.ts` says what each page shows.
   */
  stage: z.enum(['kept', 'asking', 'waiting', 'accepted', 'in', 'over']),
  /** The claims that Entra must prove, and how many times Entra was asked to prove more. */
  claims: z.string().optional(),
  challenges: z.int().default(0),
  steppedUpAt: epochMs.optional(),
  askedAt: epochMs.optional(),
  acceptedAt: epochMs.optional(),
  /** Microsoft said that access is on already: the person turned it on in another tab, or in the portal. */
  wasOn: z.boolean().optional(),
  /** The id of PIM's request, and the last status of it that is known. */
  request: z.string().optional(),
  status: z.string().optional(),
  /**
   * Why the wish is over. Left out of a wish that could not be sent, and is kept only because of the text that was
   * typed.
   */
  ending: z
    .object({
      code: z.string(),
      by: z.string().optional(),
      byId: z.string().optional(),
      byUsername: z.string().optional(),
      at: epochMs.optional(),
      comment: z.string().optional(),
      /** The refusal in full, as it was worded when it came. */
      problem: z.custom<PimRefusal>(found => typeof found === 'object').optional(),
    })
    .optional(),
})
/** One wish to turn on access, or to prolong it, and how far it has come. Instants in epoch ms. */
export type Activation = z.infer<typeof activationShape>

/** The verb of a wish in the audit trail. */
export const auditedActOf = ({ kind }: Activation) => (kind === 'extend' ? 'extension' : 'activation')

/** A wish that waits for the person's passkey can be sent for this long, in ms. */
const keptLifeMs = 10 * 60_000

/** Whether a wish that waited for the person to prove more may still be sent. `now` in epoch ms. */
export const mayStillBeSent = ({ stage, keptAt }: Activation, now: number): boolean =>
  stage === 'kept' && now - keptAt < keptLifeMs
