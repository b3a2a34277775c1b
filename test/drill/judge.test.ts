import { describe, expect, test } from 'vitest'
import { deadlineOf, type Ending, judged, kindOf, type Sample } from '../../infra/drill/judge.ts'
import { faultsIn, type Row, tableOf } from '../../infra/drill/table.ts'

const answer = { status: 200, location: '', retryAfter: undefined, cookies: [] }
const answers: [what: string, given: Partial<Parameters<typeof kindOf>[0]>, kind: string][] = [
  ['the page', {}, 'in'],
  ['a refusal', { status: 403 }, 'out'],
  ['a way to sign in', { status: 302, location: '/auth/sign-in?returnTo=%2F' }, 'sign-in'],
  ['a way to anywhere else', { status: 302, location: 'https://elsewhere.example/' }, 'failed'],
  ['come back later', { status: 503, retryAfter: '5' }, 'later'],
  ['503 of a proxy that has nobody to ask', { status: 503, retryAfter: '5', isWordless: true }, 'failed'],
  ['503 that does not say when to come back', { status: 503 }, 'failed'],
  ['an error of ours', { status: 500 }, 'failed'],
  ['too many requests', { status: 429, retryAfter: '5' }, 'failed'],
  ['nothing', { status: 0, failure: 'ECONNRESET' }, 'failed'],
]
describe('what somebody who is signed in was told', () => {
  test.each(answers)('%s', (_what, given, kind) => {
    expect(kindOf({ ...answer, ...given })).toBe(kind)
  })
})

const fault = { from: 10_000, to: 20_000, mayRefuse: true, recoverMs: 5_000 }
const sampled = (given: Partial<Sample>): Sample => ({
  at: 15_000,
  done: 15_100,
  kind: 'in',
  said: 'what was said',
  mayBeOut: false,
  ...given,
})
const samples: [what: string, sample: Partial<Sample>, fault: Partial<typeof fault>, found: [string, number]][] = [
  ['the page is nothing', {}, {}, ['answers', 1]],
  ['a way to sign in is one too many', { kind: 'sign-in' }, {}, ['forcedSignIns', 1]],
  ['come back later, while something is broken, is explained', { kind: 'later' }, {}, ['later', 1]],
  ['and shortly after', { kind: 'later', at: 24_000, done: 24_500 }, {}, ['later', 1]],
  ['but not for ever', { kind: 'later', at: 25_001, done: 25_100 }, {}, ['later', 0]],
  ['nor before', { kind: 'later', at: 9_000, done: 9_900 }, {}, ['later', 0]],
  ['nor where nobody needs to be refused', { kind: 'later' }, { mayRefuse: false }, ['later', 0]],
  ['recovering takes until the last of it', { kind: 'later', at: 22_000, done: 22_500 }, {}, ['recoverSeconds', 2.5]],
]
describe('judging', () => {
  test.each(samples)('%s', (_what, sample, also, [name, count]) => {
    expect(judged([sampled(sample)], { ...fault, ...also })).toMatchObject({ [name]: count })
  })
  const unexplained: [what: string, sample: Partial<Sample>, count: number][] = [
    ['an error', { kind: 'failed' }, 1],
    ['a late 503', { kind: 'later', at: 26_000 }, 1],
    ['a refusal of a member', { kind: 'out' }, 1],
    ['a refusal of somebody whose access ended', { kind: 'out', mayBeOut: true }, 0],
    ['an error to somebody whose access ended', { kind: 'failed', mayBeOut: true }, 1],
    ['the page', {}, 0],
  ]
  test.each(unexplained)('%s counts as unexplained or not', (_what, sample, count) => {
    expect(judged([sampled(sample)], fault).unexplained).toEqual(count ? { 'what was said': count } : {})
  })
})

const facts = { answeredFrom: 100_000, whileAnsweredMs: 15_000, whateverFailsMs: 300_000 }
const ends: [what: string, ending: Omit<Ending, 'person'>, deadline: number][] = [
  ['a known end is kept to the second', { at: 50_000, how: 'known' }, 50_000],
  ['a removal during an outage is learned of after it', { at: 50_000, how: 'removed' }, 115_000],
  ['a removal after it as on any day', { at: 120_000, how: 'removed' }, 135_000],
  ['a long outage does not make it later than the worst case', { at: -250_000, how: 'removed' }, 50_000],
]
describe('from when nobody may be inside', () => {
  test.each(ends)('%s', (_what, ending, deadline) => {
    expect(deadlineOf({ person: 'ben', ...ending }, facts)).toBe(deadline)
  })
})

const good: Row = {
  drill: 'redis-pause',
  seconds: 20,
  answers: 800,
  forcedSignIns: 0,
  unexplained: {},
  later: 700,
  recoverSeconds: 0.4,
  overStays: 0,
  longestStay: 0,
  felt: '700 × 503',
  unhandled: [],
  memory: { before: 150, after: 160 },
}
const broken: [what: string, row: Partial<Row>][] = [
  ['a forced sign-in', { forcedSignIns: 1 }],
  ['an unexplained answer', { unexplained: { '500': 1 } }],
  ['an over-stay', { overStays: 1 }],
  ['an unhandled rejection', { unhandled: ['Error'] }],
  ['a fault that nobody felt', { felt: false }],
]
describe('a run', () => {
  test('in which every zero is zero is good, and is shown in a table', () => {
    expect(faultsIn([good])).toEqual([])
    expect(tableOf([good]).split('\n').at(-1)).toContain('| 20.0 s | 700 × 503 | 800 |')
  })
  test.each(broken)('with %s is not', (_what, row) => {
    expect(faultsIn([good, { ...good, ...row }])).toHaveLength(1)
  })
})
