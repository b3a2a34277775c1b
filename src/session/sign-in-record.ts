import { z } from 'zod'
import { membersGate } from '../config/gates.ts'

/** To sign in, and nothing else. */
export type ForSignIn = { kind: 'sign-in' }
/** To meet an authentication context. `person` is the mark of the person who began it. */
export type ForStepUp = { kind: 'step-up'; context: string; person: string }
/** A wish that waits for what a person proves: its id, and the gate at which it is to turn on access. */
export type WaitingFor = { activation: string; gate: string }
/**
 * To turn on access: a wish waits for it, and `more` wishes that were made together with it. `beside` names the other gates
 * at which access is turned on together with these: no wish waits for a check there (any more). No gate is named twice, so
 * that the record of many gates stays within a cookie. `person` is the mark of the person who began it.
 */
export type ForTurningOn = WaitingFor & {
  kind: 'turning-on'
  more?: readonly WaitingFor[]
  beside?: readonly string[]
  person: string
}
/** To go on with an order of an administrator, which waits for what they prove: its id. `person` is the mark of the person who began it. */
export type ForAdministering = { kind: 'administering'; order: string; person: string }
/** The purpose of a sign-in. */
export type SignInPurpose = ForSignIn | ForStepUp | ForTurningOn | ForAdministering

// Replicas of other releases read and write this too: a purpose is written as the fields that they know.
const storedShape = z.object({
  /** The mark of the application that began it; absent where an earlier release did. */
  app: z.string().optional(),
  attempt: z.object({ state: z.string(), nonce: z.string(), verifier: z.string() }),
  returnTo: z.string(),
  stepUp: z.object({ context: z.string(), person: z.string() }).optional(),
  /** Releases of one gate name none: `members` is meant. */
  activation: z
    .object({
      id: z.string(),
      person: z.string(),
      gate: z.string().default(membersGate),
      more: z
        .array(z.object({ activation: z.string(), gate: z.string() }))
        .readonly()
        .optional(),
      beside: z.array(z.string()).readonly().optional(),
    })
    .optional(),
  order: z.object({ id: z.string(), person: z.string() }).optional(),
  /** How many sign-ins in a row were begun without anyone asking. */
  retries: z.int(),
  /** Epoch ms. */
  startedAt: z.int(),
  /** What the page says once to which it leads back. */
  notice: z
    .object({
      text: z.string(),
      more: z.string().exactOptional(),
      tone: z.enum(['done', 'attention']).exactOptional(),
    })
    .optional(),
  /** Begun for a page that a browser asked for ahead of time. */
  isAhead: z.boolean().optional(),
})
type Stored = z.infer<typeof storedShape>

/** A sign-in on its way: begun here, not yet back from Entra. */
export type Pending = Omit<Stored, 'stepUp' | 'activation' | 'order'> & { purpose: SignInPurpose }

/** Undefined for a text that is no sign-in as this release knows them. Throws for one that is not JSON. */
export function pendingFrom(text: string): Pending | undefined {
  const { data } = storedShape.safeParse(JSON.parse(text))
  if (!data) return undefined
  const { stepUp, activation, order, ...pending } = data
  return { ...pending, purpose: purposeOf({ stepUp, activation, order }) }
}

function purposeOf({ stepUp, activation, order }: Pick<Stored, 'stepUp' | 'activation' | 'order'>): SignInPurpose {
  if (stepUp) return { kind: 'step-up', ...stepUp }
  if (activation) return { kind: 'turning-on', activation: activation.id, ...waitingIn(activation) }
  if (order) return { kind: 'administering', order: order.id, person: order.person }
  return { kind: 'sign-in' }
}

/** The text that `pendingFrom` reads. */
export const textOfPending = ({ purpose, ...pending }: Pending): string =>
  JSON.stringify({ ...pending, ...storedFields(purpose) } satisfies Stored)

function storedFields(purpose: SignInPurpose): Pick<Stored, 'stepUp' | 'activation' | 'order'> {
  switch (purpose.kind) {
    case 'sign-in':
      return {}
    case 'step-up':
      return { stepUp: { context: purpose.context, person: purpose.person } }
    case 'turning-on':
      return { activation: { id: purpose.activation, ...waitingIn(purpose) } }
    case 'administering':
      return { order: { id: purpose.order, person: purpose.person } }
    default:
      throw new Error('no such purpose', { cause: purpose satisfies never })
  }
}

const waitingIn = ({ gate, person, more, beside }: Omit<NonNullable<Stored['activation']>, 'id'>) => ({
  gate,
  person,
  ...(more && { more }),
  ...(beside && { beside }),
})
