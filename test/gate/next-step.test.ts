import { describe, expect, test } from 'vitest'
import { type NextStep, nextStep } from '../../src/gate/next-step.ts'
import type { StepFacts } from '../../src/gate/step-facts.ts'
import type { Membership } from '../../src/session/record/membership.ts'
import type { Plan } from '../../src/session/record/plan.ts'
import { ago, inSeconds, no, now, yes } from './memberships.ts'

type Known = Partial<Omit<StepFacts, 'record'>> & { own: Membership; ownProvenAt?: number; plan?: Plan }
const stepFor = ({ own: membership, ownProvenAt, plan, ...facts }: Known): NextStep =>
  nextStep({
    record: { membership, ownProvenAt, plan },
    listed: 'unknown',
    now,
    recheckMs: 60_000,
    staleBefore: 0,
    triedAt: 0,
    pimAskedAt: 0,
    ...facts,
  })

type Row = [what: string, known: Known, expected: NextStep]

const group: Row[] = [
  ['nothing is known', { own: 'unknown' }, 'wait'],
  ['a yes is young', { own: yes(44.999) }, 'serve'],
  ['a yes grows old', { own: yes(45) }, 'serve-and-ask'],
  ['a yes is almost too old', { own: yes(59.999) }, 'serve-and-ask'],
  ['a yes is too old', { own: yes(60) }, 'wait'],
  ['a no is young', { own: no(4.999) }, 'serve'],
  ['a no is too old', { own: no(5) }, 'wait'],
  ['a known end is to come', { own: yes(1, inSeconds(0.001)) }, 'serve'],
  ['a known end has come', { own: yes(1, now) }, 'wait'],
  ['a change was announced since the proof', { own: yes(9), staleBefore: ago(8.999) }, 'wait'],
  ['a change was announced at the instant of the proof', { own: yes(9), staleBefore: ago(9) }, 'serve'],
  ['the proof is dated ahead within the tolerance of clocks', { own: yes(-30) }, 'serve'],
  ['the proof is dated further ahead', { own: yes(-30.001) }, 'wait'],
  ['the roster is young, and the own proof is too old', { own: yes(61), listed: yes(1) }, 'serve'],
  ['the roster grows old, and so does the own proof', { own: yes(46), listed: yes(45) }, 'serve-and-ask'],
  ['the roster and the own proof are too old', { own: yes(61), listed: yes(60) }, 'wait'],
  [
    'a plan ends what an own proof grants for longer',
    { own: yes(1), plan: { askedAt: ago(90), until: now } },
    'ask-pim',
  ],
]

const listed = yes(1)
const account: Row[] = [
  ['the own token is young', { own: yes(449.999), listed }, 'serve'],
  ['the own token grows old', { own: yes(450), listed }, 'serve-and-ask'],
  ['the own token is almost too old', { own: yes(599.999), listed }, 'serve-and-ask'],
  ['the own token is too old', { own: yes(600), listed }, 'wait'],
  ['the own token that did not name the group is almost too old', { own: no(599.999), listed }, 'serve'],
  ['the own token that did not name the group is too old', { own: no(600), listed }, 'wait'],
  ['the own token has never said anything', { own: 'unknown', listed }, 'wait'],
  [
    'the own token said something since, though not of the group',
    { own: yes(600), ownProvenAt: ago(9), listed },
    'serve',
  ],
  ['the own token is dated ahead within the tolerance of clocks', { own: yes(-30), listed }, 'serve'],
  ['the own token is dated further ahead', { own: yes(-30.001), listed }, 'wait'],
  ['Entra left the question open just now', { own: yes(600), listed, triedAt: ago(59.999) }, 'serve'],
  ['Entra left the question open a while ago', { own: yes(600), listed, triedAt: ago(60) }, 'wait'],
  [
    'Entra left the question open, by a clock that was set back since',
    { own: yes(600), listed, triedAt: inSeconds(59.999) },
    'serve',
  ],
  ['Entra left the question open, and nobody knows of the group', { own: yes(60), triedAt: ago(1) }, 'wait'],
]

const over: Plan = { askedAt: ago(600), from: ago(3_600), until: ago(10) }
const asked: Plan = { ...over, askedAt: ago(9.999) }
const extended: Plan = {
  askedAt: ago(6),
  shownAt: ago(600),
  from: ago(3_600),
  until: inSeconds(3_600),
  seamAt: ago(10),
}
const pim: Row[] = [
  ['somebody is out past the end of their plan', { own: no(1), plan: over }, 'ask-pim'],
  ['people do not turn on their access here', { own: no(1), plan: over, pimAskedAt: undefined }, 'serve'],
  ['PIM was asked since that end', { own: no(1), plan: asked }, 'serve'],
  ['PIM was asked since that end, ten seconds ago', { own: no(1), plan: { ...asked, askedAt: ago(10) } }, 'ask-pim'],
  [
    'PIM was asked since that end, by a clock that is ahead',
    { own: no(1), plan: { ...asked, askedAt: inSeconds(9.999) } },
    'serve',
  ],
  [
    'PIM was asked here since that end, though another replica dated the plan',
    { own: no(1), plan: { ...asked, askedAt: inSeconds(25) }, pimAskedAt: ago(9.999) },
    'serve',
  ],
  [
    'PIM was asked here ten seconds ago, and another replica dated the plan',
    { own: no(1), plan: { ...asked, askedAt: inSeconds(25) }, pimAskedAt: ago(10) },
    'ask-pim',
  ],
  ['a member is in past the end of their plan', { own: yes(1), plan: { ...over, until: ago(200) } }, 'serve'],
  ['somebody is out while their plan goes on', { own: no(1), plan: { ...over, until: inSeconds(60) } }, 'serve'],
  [
    'somebody is out, and their plan has no end',
    { own: no(1), plan: { askedAt: ago(600), from: ago(3_600) } },
    'serve',
  ],
  ['somebody is out at a seam', { own: no(1), plan: extended }, 'ask-pim'],
  ['the no is from a seam that is over', { own: no(1), plan: { ...extended, seamAt: ago(60) } }, 'wait'],
  ['somebody is out after a seam that is over', { own: no(1), plan: { ...extended, seamAt: ago(61) } }, 'serve'],
  ['PIM has just shown the period after a seam', { own: no(1), plan: { ...extended, shownAt: ago(4.999) } }, 'serve'],
  [
    'somebody is out past the end, and their own token grows old',
    { own: yes(450), listed: no(1), plan: { ...over, until: ago(400) } },
    'ask-pim-and-entra',
  ],
  ['somebody is out past the end, and the no is too old', { own: no(5), plan: over }, 'wait'],
]

describe.each([
  ['what is known of the group', group],
  ['what is known of the account', account],
  ['what PIM may know', pim],
])('%s', (_what, rows) => {
  test.each(rows)('when %s', (_when, known, expected) => {
    expect(stepFor(known)).toBe(expected)
  })
})
