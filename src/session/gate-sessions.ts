import { atGate, type GateRecord, withGate } from './record/at-gate.ts'
import type { SessionsById } from './stored/by-id.ts'
import type { Listed } from './stored/registry.ts'

/**
 * Sessions by their ids, as one gate sees them: what it changes leaves the facts of all other gates as they are. Every
 * method throws Problem('redis-away') when Redis does not confirm.
 */
export function createGateSessions(sessions: SessionsById, gate: string) {
  return {
    /** The session as it is now; undefined when it is over. */
    async read(sessionId: string): Promise<GateRecord | undefined> {
      const record = await sessions.read(sessionId)
      return record && atGate(record, gate)
    },

    /** Changes a session by compare-and-set: `edit` may run several times. Returns the session as it is afterwards. */
    async change(sessionId: string, edit: (seen: GateRecord) => GateRecord): Promise<GateRecord | undefined> {
      const record = await sessions.change(sessionId, found => withGate(found, gate, edit(atGate(found, gate))))
      return record && atGate(record, gate)
    },

    /** Changes what all open sessions of a person know of this gate. */
    changeAll: (identity: Listed, edit: (seen: GateRecord) => GateRecord): Promise<void> =>
      sessions.changeAll(identity, found => withGate(found, gate, edit(atGate(found, gate)))),
  }
}
export type GateSessions = ReturnType<typeof createGateSessions>
