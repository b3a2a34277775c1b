import { expect, test } from 'vitest'
import { membershipFrom, provenBy } from '../../src/gate/evidence.ts'
import type { Membership } from '../../src/session/record/membership.ts'
import type { Plan } from '../../src/session/record/plan.ts'
import { ago, inSeconds, no, now, yes } from './memberships.ts'

const notAssigned = (age: number): Membership => ({ member: false, provenAt: ago(age), reason: 'not-assigned' })
const ranOut = (age: number, endedAt: number): Membership => ({
  member: false,
  provenAt: ago(age),
  reason: 'ran-out',
  endedAt,
})
const goesOn: Plan = { askedAt: ago(60), from: ago(3_600), until: inSeconds(3_600) }

type Row = [what: string, own: Membership, listed: Membership, expected: Membership]
const rows: Row[] = [
  ['nothing is known from neither source', 'unknown', 'unknown', 'unknown'],
  ['a no of both says how it ended, and is as young as the younger', no(1), ranOut(4, ago(300)), ranOut(1, ago(300))],
  ['and where the list is the younger', no(4), ranOut(1, ago(300)), ranOut(1, ago(300))],
  ['a no of both where the list knows of no end stays what it is', no(4), no(1), no(1)],
  ['"not assigned" stays what it is beside a no of the list', notAssigned(4), no(1), notAssigned(1)],
  ['"not assigned" stays beside a list that knows nothing', notAssigned(4), 'unknown', notAssigned(4)],
  ['a newer no stays a no without an end beside a list that knows one', no(1), yes(4, inSeconds(60)), no(1)],
  ['a no does not take its words from a list dated ahead', no(1), ranOut(-31, ago(300)), no(1)],
  [
    'it does from a list dated ahead within the tolerance of clocks',
    no(1),
    ranOut(-30, ago(300)),
    ranOut(-30, ago(300)),
  ],
  ['two minutes after an end a newer yes counts again', yes(1), ranOut(9, ago(121)), yes(1)],
  ['a moment earlier the end stands', yes(1), ranOut(9, ago(120.999)), ranOut(9, ago(120.999))],
  ['two minutes after a listed end a newer yes has no end', yes(1), yes(200, ago(121)), yes(1)],
  ['a moment earlier it has that end', yes(1), yes(200, ago(120.999)), yes(1, ago(120.999))],
]
test.each(rows)('%s', (_what, membership, listed, expected) => {
  expect(provenBy({ record: { membership, plan: undefined }, listed, now })).toEqual(expected)
})

test.each<[what: string, plan: Plan | undefined, isBound: boolean]>([
  ['goes on says itself which ends are seams', goesOn, false],
  ['is over binds', { ...goesOn, until: now }, true],
  ['was ended here binds', { ...goesOn, until: inSeconds(60), endedAt: inSeconds(60) }, true],
  ['has no end binds', { askedAt: ago(60), from: ago(3_600) }, true],
  ['is not known binds', undefined, true],
])('an end in the list from before a newer yes, where the plan %s', (_what, plan, isBound) => {
  const listed = ranOut(9, ago(5))
  expect(provenBy({ record: { membership: yes(1), plan }, listed, now })).toEqual(isBound ? listed : yes(1))
})

test('a plan bounds what the sources prove', () => {
  const record = { membership: yes(1), plan: goesOn }
  expect(membershipFrom({ record, listed: 'unknown', now })).toEqual(yes(1, goesOn.until))
})

test('a plan makes nothing of "not assigned", at a seam either', () => {
  const plan = { ...goesOn, shownAt: ago(2), seamAt: ago(10) }
  expect(membershipFrom({ record: { membership: no(4), plan }, listed: 'unknown', now })).toMatchObject({
    member: true,
  })
  const record = { membership: notAssigned(4), plan }
  expect(membershipFrom({ record, listed: 'unknown', now })).toEqual(notAssigned(4))
})

test.each<Row>([
  ['lets the list alone prove nothing', 'unknown', yes(1), 'unknown'],
  ['keeps a no of the token beside a newer yes of the list', no(9), yes(1), no(9)],
  ['keeps a yes of the token beside a newer list that never named the person', yes(9), no(1), yes(9)],
  ['takes the end of the list', yes(9), yes(1, inSeconds(60)), yes(9, inSeconds(60))],
  ['takes the word of the list that the membership ended since', yes(9), ranOut(1, ago(5)), ranOut(1, ago(5))],
  ['believes a token that still names the role two minutes after that end', yes(1), ranOut(1, ago(121)), yes(1)],
  ['takes no token dated ahead for a proof', yes(-31), yes(1), 'unknown'],
])('a gate of a role %s', (_what, membership, listed, expected) => {
  expect(provenBy({ record: { membership, plan: undefined }, listed, now, isByRole: true })).toEqual(expected)
})
