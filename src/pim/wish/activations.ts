import { randomBytes } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { type Notes, noteOf, parsedNote, type Whose } from '../../session/replicas/notes.ts'
import { type Activation, activationShape } from './activation.ts'
import { isOnItsWay } from './stages.ts'

/** Returns the wish as it shall be; undefined leaves the wish as it is. It may be called several times. */
export type EditActivation = (activation: Activation) => Activation | undefined

/** An approval takes a day at most. The text that was typed is offered again for two hours after that. */
const lifeMs = 26 * 3_600_000

/** The person whose wish it is. */
type Wisher = { identity: Whose }

const parsed = (text: string | undefined) => parsedNote(activationShape, text)

/**
 * The wishes of people: one for each person, shared by all replicas. A change is written only if nobody has changed the
 * wish since it was read. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createActivations({ notes, clock }: { notes: Notes; clock: Clock }) {
  const nameOf = ({ identity }: Wisher) => noteOf('activation', identity)

  // An extension may be asked for while the first period runs, and access may be turned on while an extension is to come.
  // Another extension may be asked for when the last one has begun.
  function standsInTheWay(found: Activation | undefined, kind: Activation['kind']): boolean {
    const now = clock().getTime()
    if (!isOnItsWay(found, now)) return false
    const hasBegun = found.kind === 'extend' && (found.startsAt ?? 0) <= now
    return found.stage !== 'accepted' || (found.kind === kind && !hasBegun)
  }

  return {
    /** The person's wish; undefined where they have none, or where this release cannot read what another one wrote. */
    read: async (who: Wisher): Promise<Activation | undefined> => parsed(await notes.read(nameOf(who))),

    /**
     * Begins a wish in place of the last one. Returns undefined when the last one is on its way and stands in the way.
     */
    async begin(
      who: Wisher,
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

    /**
     * Changes the wish of this id and returns it; undefined where the person has another wish by now, or `edit` leaves
     * it.
     */
    async change(who: Wisher, id: string, edit: EditActivation): Promise<Activation | undefined> {
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
