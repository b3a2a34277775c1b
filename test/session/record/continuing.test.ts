import { expect, test } from 'vitest'
import { continuing } from '../../../src/session/record/continuing.ts'
import type { Membership } from '../../../src/session/record/membership.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'
import { alice as identity } from '../../support/alice.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const yes = (provenAt: number): Membership => ({ member: true, provenAt })
const no = (provenAt: number): Membership => ({ member: false, provenAt, reason: 'not-in-group' })
/** All that is known, where there is one gate. */
const at = (membership: Membership) => ({ members: { membership } })
const before: SessionRecord = {
  identity,
  gates: at(yes(now - 60_000)),
  contexts: { c1: now - 60_000, c2: now - 120_000 },
  signedInAt: now - 120_000,
  lastSeenAt: now - 60_000,
  browser: '',
}
const proven = { identity, gates: at(yes(now)), contexts: { c2: now, c3: now } }

test('the contexts that the same person met stay met, each with its latest instant', () => {
  expect(continuing(before, proven, now).contexts).toEqual({ c1: now - 60_000, c2: now, c3: now })
})

test('a session that continues takes the names of the new sign-in', () => {
  const renamed = { ...identity, name: 'Alice Berg', username: 'alice.berg@contoso.example' }
  expect(continuing(before, { ...proven, identity: renamed }, now).identity).toEqual(renamed)
})

test.each(['tenantId', 'objectId', 'subject'] as const)('a person with another %s inherits nothing', name => {
  const other = { ...proven, identity: { ...identity, [name]: 'another' }, gates: at('unknown') }
  expect(continuing(before, other, now)).toEqual(other)
})

const memberships: [what: string, old: Membership, fresh: Membership, expected: Membership][] = [
  ['a yes replaces an older no', no(now - 1), yes(now), yes(now)],
  ['a no replaces an older yes', yes(now - 1), no(now), no(now)],
  ['a no that was proven meanwhile wins over an older yes', no(now), yes(now - 1), no(now)],
  ['the sign-in counts over an older proof of the same instant', no(now), yes(now), yes(now)],
  ['an old proof stays where the sign-in proved nothing', yes(now - 60_000), 'unknown', yes(now - 60_000)],
  ['a proof from the future does not win', yes(now + 1), no(now), no(now)],
  ['a proof from the future is not kept', yes(now + 1), 'unknown', 'unknown'],
  ['two unknown memberships stay unknown', 'unknown', 'unknown', 'unknown'],
]
test.each(memberships)('%s', (_what, old, fresh, expected) => {
  const result = continuing({ ...before, gates: at(old) }, { ...proven, gates: at(fresh) }, now)
  expect(result.gates).toEqual(at(expected))
})

test('a new sign-in takes back "not assigned", also when nobody could say in which groups the person is', () => {
  const refused: Membership = { member: false, provenAt: now - 1, reason: 'not-assigned' }
  const silent = { ...proven, gates: {}, ownProvenAt: now }
  expect(continuing({ ...before, gates: at(refused) }, silent, now)).toMatchObject({
    gates: at('unknown'),
    ownProvenAt: now,
  })
  const late = { ...silent, ownProvenAt: now - 2 }
  expect(continuing({ ...before, gates: at(refused) }, late, now).gates).toEqual(at(refused))
})

test('at each gate its own newer proof counts, and what only one of the two knows stays', () => {
  const known = { operators: { membership: no(now - 5) }, auditors: { membership: yes(now - 9) } }
  const found = { operators: { membership: yes(now) }, members: { membership: no(now) } }
  expect(continuing({ ...before, gates: known }, { ...proven, gates: found }, now).gates).toEqual({
    ...known,
    ...found,
  })
})

test('at each gate the plan that was known stays, and binds no other gate', () => {
  const [known, found] = [{ askedAt: now - 1 }, { askedAt: now }]
  const old = { operators: { membership: yes(now - 5), plan: known }, auditors: { membership: yes(now - 5) } }
  const fresh = {
    operators: { membership: yes(now), plan: found },
    auditors: { membership: yes(now), plan: found },
    members: { membership: yes(now) },
  }
  expect(continuing({ ...before, gates: old }, { ...proven, gates: fresh }, now).gates).toEqual({
    ...fresh,
    operators: { membership: yes(now), plan: known },
  })
})

test('a session that continues knows what it knew at a gate called constructor', () => {
  const gates = { constructor: { membership: yes(now - 1) } }
  expect(continuing({ ...before, gates }, proven, now).gates).toEqual({ ...gates, ...proven.gates })
})
