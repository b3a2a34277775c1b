import type { Observations } from '../../audit/observations.ts'
import { BoundedMap } from '../../bounded-map.ts'
import type { Log } from '../../observability.ts'
import { factsAt } from '../../session/record/at-gate.ts'
import type { Membership } from '../../session/record/membership.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import { type Notes, noteOf } from '../../session/replicas/notes.ts'

const mostKnown = 10_000

/** A gate that is not listed, and the notes about it. */
export type UnlistedGate = { name: string; notes: Pick<Notes, 'change'> }

type Needs = {
  /** For so long (ms) a person is remembered: as long as a session lasts. Who comes back later is seen anew. */
  lifeMs: number
  gates: readonly UnlistedGate[]
  observations: Pick<Observations, 'cameIn' | 'wentOut'>
  log: Pick<Log, 'warn'>
}

/**
 * Where no group is listed, a person's own token says who is in, for as long as they are here. Makes the function that hears
 * of a session after Entra told of it, and has recorded where a membership began or ended since any session of the person
 * was told. It never throws, and nobody waits for it.
 */
export function createSeenByToken({ lifeMs, gates, observations, log }: Needs) {
  const known = new BoundedMap<string, 'in' | 'out'>(mostKnown)

  return ({ identity, gates: facts }: Pick<SessionRecord, 'identity' | 'gates'>): void => {
    for (const gate of gates) {
      const { membership } = factsAt({ gates: facts }, gate.name)
      if (membership === 'unknown') continue
      const name = `${gate.name} ${identity.objectId}`
      const now = membership.member ? 'in' : 'out'
      if (known.get(name) === now) continue
      known.set(name, now)
      observe(gate, identity, membership).catch(error => {
        known.delete(name)
        log.warn({ event: 'membership-not-observed', gate: gate.name, error })
      })
    }
  }

  async function observe(
    { name: gate, notes }: UnlistedGate,
    identity: SessionRecord['identity'],
    membership: Exclude<Membership, 'unknown'>,
  ): Promise<void> {
    const { objectId, name, username } = identity
    const subject = { objectId, name, username }
    const since = new Date(membership.provenAt).toISOString()
    let before: string | undefined
    const isNews = await notes.change(
      noteOf('seen', identity),
      text => {
        before = text
        if (membership.member) return text === undefined ? since : undefined
        return text === undefined ? undefined : null
      },
      lifeMs,
    )
    if (!isNews) return
    if (membership.member) {
      const until = membership.until === undefined ? undefined : new Date(membership.until).toISOString()
      return observations.cameIn({ gate, subject, since, until, source: 'token' })
    }
    const { reason, endedAt = membership.provenAt } = membership
    const how = reason === 'ran-out' ? 'ran-out' : 'unknown'
    const until = new Date(endedAt).toISOString()
    observations.wentOut({ gate, subject, since: before, until, how, source: 'token' })
  }
}
export type SeenByToken = ReturnType<typeof createSeenByToken>
