import type { Identity } from '../../src/entra/claims.ts'
import type { GateRecord } from '../../src/session/record/at-gate.ts'
import type { SessionRecord } from '../../src/session/record/record.ts'

/** Alice, as Entra names her, for tests that have no tenant. */
export const alice: Identity = {
  tenantId: '3f1c5a52-7d0e-4b8a-9c46-5e2f8a1d7b30',
  objectId: '9d3f6f0e-3c53-4a3a-9a49-6b1c2a2f7a10',
  subject: 'subject',
  name: 'Alice Lindqvist',
  username: 'alice@contoso.example',
}

const person = (at: number) => ({ identity: alice, contexts: {}, signedInAt: at, lastSeenAt: at, browser: '' })

/** All that a session knows of a gate whose members had this person at this instant (epoch ms). */
export const yes = (provenAt: number) => ({ membership: { member: true, provenAt } as const })

/** What a session of Alice remembers that began at this instant (epoch ms), when she was a member. */
export const recordAt = (at: number): SessionRecord => ({
  ...person(at),
  gates: { members: yes(at) },
})

/** The same session as the gate `members` sees it. */
export const seenAt = (at: number): GateRecord => ({ ...person(at), ...yes(at) })
