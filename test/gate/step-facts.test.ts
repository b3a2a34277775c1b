import { describe, expect, test } from 'vitest'
import { accountFreshness, accountUseful } from '../../src/gate/account-freshness.ts'
import { groupUseful, isEndInDoubt, isSettled, type StepFacts, useful } from '../../src/gate/step-facts.ts'
import type { Membership } from '../../src/session/record/membership.ts'
import type { Plan } from '../../src/session/record/plan.ts'
import { ago, inSeconds, no, now, yes } from './memberships.ts'

type Known = { own: Membership; listed?: Membership; ownProvenAt?: number; plan?: Plan }
const factsOf = ({ own: membership, listed = 'unknown', ownProvenAt, plan }: Known): StepFacts => ({
  record: { membership, ownProvenAt, plan },
  listed,
  now,
  recheckMs: 60_000,
  staleBefore: 0,
  triedAt: 0,
  pimAskedAt: 0,
})

test.each<[what: string, known: Known, isSettled: boolean]>([
  ['a fresh yes with an end to come', { own: yes(1, inSeconds(60)) }, true],
  ['a fresh yes without a known end', { own: yes(1) }, false],
  ['a yes with an end to come that grows old', { own: yes(45, inSeconds(60)) }, false],
  ['a yes whose end has come', { own: yes(1, now) }, false],
  ['a fresh no', { own: no(1) }, false],
  ['nothing', { own: 'unknown' }, false],
])('that no newer plan has to be read where a session knows %s is %j', (_what, known, expected) => {
  expect(isSettled(factsOf(known))).toBe(expected)
})

const seamIsOver: Plan = { askedAt: ago(90), from: ago(3_600), until: inSeconds(3_600), seamAt: ago(60) }

describe('an answer says something new', () => {
  test.each<[what: string, known: Known, after: number]>([
    ['of the group never, while what is known is fresh', { own: yes(44) }, 0],
    ['of the group after a yes that grows old', { own: yes(45) }, ago(45)],
    [
      'of the group after the last seconds, where a no comes from a seam that is over',
      { own: no(1), plan: seamIsOver },
      ago(5),
    ],
    [
      'of the group after the last seconds, where a plan ends what an old proof grants',
      { own: yes(61), plan: { askedAt: ago(90), until: ago(10) } },
      ago(5),
    ],
  ])('%s', (_what, known, after) => {
    expect(groupUseful(factsOf(known))).toBe(after)
  })

  test.each<[what: string, known: Known, after: number]>([
    [
      'after what is known of the group, where the account was proven a moment ago',
      { own: 'unknown', ownProvenAt: ago(1), listed: yes(50) },
      ago(50),
    ],
    ['after what is known of the account, where that grows old', { own: yes(450), listed: yes(1) }, ago(450)],
    ['after the later of both', { own: yes(450), listed: yes(50) }, ago(50)],
  ])('%s', (_what, known, after) => {
    expect(useful(factsOf(known))).toBe(after)
  })
})

test('the end of a member is in no doubt where only PIM lets them in, over a seam', () => {
  const plan = { ...seamIsOver, seamAt: ago(1), shownAt: ago(1) }
  expect(isEndInDoubt(factsOf({ own: no(1), plan }))).toBe(false)
})

describe('the own token', () => {
  const terms = { now, recheckMs: 60_000, triedAt: 0 }
  test.each<[what: string, membership: Membership, triedAt: number, expected: string]>([
    ['is fresh while it is young', yes(449), 0, 'fresh'],
    ['is due soon when it grows old', yes(450), 0, 'soon'],
    ['is fresh where it grows old and did not name the group', no(450), 0, 'fresh'],
    ['is due when it is old', yes(600), 0, 'due'],
    ['is fresh where Entra did not answer just now', yes(600), ago(59), 'fresh'],
  ])('%s', (_what, membership, triedAt, expected) => {
    expect(accountFreshness({ membership, ownProvenAt: undefined }, { ...terms, triedAt })).toBe(expected)
  })

  test.each([
    ['a moment ago', ago(1), ago(1)],
    ['by a clock that is half a minute ahead', inSeconds(30), inSeconds(30)],
    ['by a clock that is further ahead', inSeconds(30.001), 0],
  ])('that was asked for %s is outdone by what is asked for later', (_when, ownProvenAt, after) => {
    expect(accountUseful({ membership: 'unknown', ownProvenAt }, now)).toBe(after)
  })
})
