import { describe, expect, test, vi } from 'vitest'
import { pageWaitMs } from '../../src/clock.ts'
import type { Recheck } from '../../src/gate/asking/answer.ts'
import type { RosterSource } from '../../src/gate/news/roster.ts'
import { createStanding } from '../../src/gate/standing.ts'
import type { GateRecord } from '../../src/session/record/at-gate.ts'
import type { Membership } from '../../src/session/record/membership.ts'
import type { Plan } from '../../src/session/record/plan.ts'
import { alice as identity } from '../support/alice.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const ago = (seconds: number) => now - seconds * 1000
const yes = (provenAt: number, until?: number): Membership => ({
  member: true,
  provenAt,
  ...(until !== undefined && { until }),
})
const no = (provenAt: number): Membership => ({ member: false, provenAt, reason: 'not-in-group' })
const ranOut = (endedAt: number, provenAt = ago(4)): Membership => ({
  member: false,
  provenAt,
  reason: 'ran-out',
  endedAt,
})
const recordWith = (membership: Membership): GateRecord => ({
  identity,
  membership,
  contexts: {},
  signedInAt: ago(1000),
  lastSeenAt: ago(10),
  browser: '',
})

type Sources = {
  /** What the session knows already. */
  own: Membership
  ownProvenAt?: number
  /** What the roster says, and what it says once it was made anew. */
  listed?: Membership
  renewed?: Membership | 'never' | 'throws'
  answer?: Membership | Recheck | 'never'
  staleBefore?: number
  plan?: Plan
}

/** Where a person stands at noon, and what was asked for that. */
async function stand({
  own,
  ownProvenAt,
  listed = 'unknown',
  renewed,
  answer = 'unanswered',
  staleBefore = 0,
  plan,
}: Sources) {
  const asked: { source: 'roster' | 'refresh'; after: number }[] = []
  let current = listed
  const roster: RosterSource = {
    membershipOf: () => current,
    async renew(after) {
      asked.push({ source: 'roster', after })
      if (renewed === 'throws') throw new Error('Redis takes no writes')
      if (renewed === 'never') await new Promise(() => {})
      current = renewed && renewed !== 'never' ? renewed : current
    },
  }
  const recheck = async (_id: string, after: number): Promise<Recheck> => {
    asked.push({ source: 'refresh', after })
    if (answer === 'never') return new Promise(() => {})
    if (answer === 'over' || answer === 'unanswered') return answer
    return typeof answer === 'object' && 'record' in answer ? answer : { record: recordWith(answer) }
  }
  const config = {
    membership: { recheckMs: 60_000, graceMs: 300_000, roster: true, rosterMs: 15_000 },
  }
  const { standingOf } = createStanding({
    config,
    clock: () => new Date(now),
    recheck,
    roster,
    staleBefore: () => staleBefore,
  })
  const standing = await standingOf('session', { ...recordWith(own), ownProvenAt, ...(plan && { plan }) })
  return { membership: standing?.membership, isOver: standing === undefined, asked }
}
const sources = ({ asked }: Awaited<ReturnType<typeof stand>>) => asked.map(({ source }) => source)

test('a recent proof is enough: nobody is asked', async () => {
  expect(await stand({ own: yes(ago(44)) })).toEqual({ membership: yes(ago(44)), isOver: false, asked: [] })
})

test('a proof that grows old serves the page, and Entra is asked meanwhile', async () => {
  const standing = await stand({ own: yes(ago(45)), answer: 'never' })
  expect(standing).toMatchObject({ membership: yes(ago(45)), asked: [{ source: 'refresh', after: ago(45) }] })
})

test('what goes wrong in the background harms no page', async () => {
  const answer = Promise.reject(new Error('Redis went away'))
  answer.catch(() => {})
  const standing = await stand({ own: yes(ago(45)), answer: answer as unknown as Recheck })
  expect(standing.membership).toEqual(yes(ago(45)))
})

test('an old proof is asked for again before the page is served, of the roster first', async () => {
  const standing = await stand({ own: yes(ago(60)), answer: no(now) })
  expect([standing.membership, sources(standing)]).toEqual([no(now), ['roster', 'refresh']])
})

test('a roster that was made anew is answer enough', async () => {
  const standing = await stand({ own: yes(ago(60)), renewed: yes(now) })
  expect([standing.membership, sources(standing)]).toEqual([yes(now), ['roster']])
})

test('a roster that cannot be asked for leaves the answer to Entra', async () => {
  expect(await stand({ own: yes(ago(60)), renewed: 'throws', answer: no(now) })).toMatchObject({ membership: no(now) })
  expect(await stand({ own: yes(ago(60)), renewed: 'throws' })).toMatchObject({ membership: yes(ago(60)) })
})

test('a session that is over is over', async () => {
  expect(await stand({ own: yes(ago(60)), answer: 'over' })).toMatchObject({ isOver: true })
})

test('without an answer stays what was known', async () => {
  expect(await stand({ own: yes(ago(60)) })).toMatchObject({ membership: yes(ago(60)) })
})

test('a page waits for both sources together as long as for one, and then shows what was known', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const standing = stand({ own: yes(ago(60)), renewed: 'never' })
    await vi.advanceTimersByTimeAsync(pageWaitMs)
    expect((await standing).membership).toEqual(yes(ago(60)))
  } finally {
    vi.useRealTimers()
  }
})

const newest: [what: string, own: Membership, listed: Membership, expected: Membership][] = [
  ['a newer yes of the roster beats an older no', no(ago(20)), yes(ago(1)), yes(ago(1))],
  ['a newer no of the roster beats an older yes', yes(ago(20)), no(ago(1)), no(ago(1))],
  ['a newer no of Entra beats an older yes of the roster', no(ago(1)), yes(ago(4)), no(ago(1))],
  ['a newer yes of Entra beats an older no of the roster', yes(ago(1)), no(ago(4)), yes(ago(1))],
  ['of two of the same instant the no counts', yes(ago(1)), no(ago(1)), no(ago(1))],
  ['and the other way round', no(ago(1)), yes(ago(1)), no(ago(1))],
  ['without a roster the session knows best', yes(ago(1)), 'unknown', yes(ago(1))],
  ['with nothing else the roster will do', 'unknown', yes(ago(1)), yes(ago(1))],
  ['a known end binds a newer proof too', yes(ago(1)), yes(ago(20), now + 5), yes(ago(1), now + 5)],
  ['a proof from two minutes after an end is not bound by it', yes(ago(1)), yes(ago(200), ago(121)), yes(ago(1))],
  ['soon after an end a newer yes does not beat the no: tokens lag', yes(ago(1)), ranOut(ago(30)), ranOut(ago(30))],
  ['nor is a no from the future believed', yes(ago(1)), ranOut(ago(30), ago(-3600)), yes(ago(1))],
  ['two minutes after it does', yes(ago(1)), ranOut(ago(121)), yes(ago(1))],
  ['a roster without an end takes back the end of none', yes(ago(20)), yes(ago(1)), yes(ago(1))],
  ['a proof from the future does not beat one of now', yes(ago(-3600)), yes(ago(1)), yes(ago(1))],
  ['a no from the future does not beat one of now', no(ago(-3600)), yes(ago(1)), yes(ago(1))],
  ['nor does a roster from the future', yes(ago(1)), no(ago(-3600)), yes(ago(1))],
  ['an end in a roster from the future binds', yes(ago(1)), yes(ago(-3600), now + 5), yes(ago(1), now + 5)],
]
test.each(newest)('%s', async (_what, own, listed, expected) => {
  // Their own token has said nothing that counts: it is asked for, whatever the roster knows.
  const isOwnSound = own !== 'unknown' && own.provenAt <= now
  const asked = isOwnSound ? [] : [{ source: 'refresh', after: 0 }]
  expect(await stand({ own, listed })).toMatchObject({ membership: expected, asked })
})

const notAssigned = (provenAt: number): Membership => ({ member: false, provenAt, reason: 'not-assigned' })
const assignment: [what: string, own: Membership, listed: Membership, expected: Membership][] = [
  ['a newer yes of the roster', notAssigned(ago(4)), yes(ago(1)), notAssigned(ago(4))],
  ['a roster that is silent', notAssigned(ago(4)), 'unknown', notAssigned(ago(4))],
  ['a roster from the future', notAssigned(ago(4)), ranOut(ago(30), ago(-3600)), notAssigned(ago(4))],
  [
    'a roster that knows of an end, which is told',
    notAssigned(ago(4)),
    ranOut(ago(30), ago(1)),
    ranOut(ago(30), ago(1)),
  ],
]
test.each(assignment)('%s does not lift "not assigned"', async (_what, own, listed, expected) => {
  expect(await stand({ own, listed })).toMatchObject({ membership: expected, asked: [] })
})

test('nor does what PIM says of a period that has just begun', async () => {
  const plan = { askedAt: ago(2), shownAt: ago(2), from: ago(3_600), until: now + 3_600_000, seamAt: ago(10) }
  expect(await stand({ own: notAssigned(ago(4)), plan })).toMatchObject({ membership: notAssigned(ago(4)) })
})

test('nor does PIM, where the roster knows that the period before has run out', async () => {
  const plan = { askedAt: ago(2), shownAt: ago(2), from: ago(3_600), until: now + 3_600_000, seamAt: ago(10) }
  const listed = ranOut(ago(10), ago(1))
  expect(await stand({ own: notAssigned(ago(4)), listed, plan })).toMatchObject({ membership: { member: false } })
})

test('of "not assigned" only the own token is asked anew, and it lifts it', async () => {
  const facts = { own: notAssigned(ago(60)), listed: yes(ago(1)), answer: yes(now) }
  expect(await stand(facts)).toMatchObject({ membership: yes(now), asked: [{ source: 'refresh', after: ago(5) }] })
})

test('"not assigned" by a clock that runs ahead refuses until it is asked about', async () => {
  const own = notAssigned(ago(-3600))
  const standing = await stand({ own, listed: yes(ago(1)) })
  expect(standing).toMatchObject({ membership: own, asked: [{ source: 'refresh', after: 0 }] })
  expect(await stand({ own, listed: yes(ago(1)), answer: yes(now) })).toMatchObject({ membership: yes(now) })
})

describe('the own token, while the roster is new', () => {
  const listed = yes(ago(1))
  const ages = [
    [449, 'is not asked for', []],
    [450, 'is asked for in the background', [{ source: 'refresh', after: ago(450) }]],
    [599, 'is asked for in the background', [{ source: 'refresh', after: ago(599) }]],
    [600, 'is waited for', [{ source: 'refresh', after: ago(600) }]],
  ] as const
  for (const [seconds, what, asked] of ages)
    test(`${seconds} s after it was asked for last ${what}`, async () => {
      expect(await stand({ own: yes(ago(seconds)), listed })).toMatchObject({ membership: listed, asked })
      // One that did not name the group is asked for when there is time to ask the roster too.
      const later = seconds < 600 ? [] : asked
      expect(await stand({ own: no(ago(seconds)), listed })).toMatchObject({ membership: listed, asked: later })
      const unknown = { own: 'unknown', ownProvenAt: ago(seconds), listed } as const
      expect(await stand(unknown)).toMatchObject({ membership: listed, asked: later })
    })

  test('that still does not name the group refuses nobody whom the roster, asked anew, goes on naming', async () => {
    const facts = { own: no(ago(600)), listed, answer: no(now), renewed: yes(now + 1) }
    const standing = await stand(facts)
    expect([standing.membership, sources(standing)]).toEqual([yes(now + 1), ['refresh', 'roster']])
    expect(standing.asked[1]?.after).toBe(now - 1)
  })

  test('that does not name the group any more, and the roster neither, refuses', async () => {
    const facts = { own: yes(ago(600)), listed, answer: no(now), renewed: no(now + 1) }
    expect((await stand(facts)).membership).toEqual(no(now + 1))
  })

  test('that ends the session ends it, whatever the roster says', async () => {
    expect(await stand({ own: no(ago(600)), listed, answer: 'over' })).toMatchObject({ isOver: true })
  })

  test('that cannot be asked for refuses nobody whom the roster lists', async () => {
    expect(await stand({ own: no(ago(600)), listed })).toMatchObject({ membership: listed, isOver: false })
  })
})

const due: [what: string, facts: Sources, after: number][] = [
  ['nothing is known', { own: 'unknown' }, 0],
  ['the proof is old', { own: yes(ago(61)) }, ago(61)],
  ['a no is five seconds old', { own: no(ago(5)) }, ago(5)],
  ['a change was announced', { own: yes(ago(9)), staleBefore: ago(3) }, ago(3) - 1],
  ['the end has come since the proof', { own: yes(ago(29)), listed: yes(ago(30), now) }, now - 1],
  ['the end was a while ago', { own: yes(ago(29)), listed: yes(ago(30), ago(2)) }, ago(2) - 1],
  ['the proof is from the future', { own: yes(ago(-3600)) }, 0],
]
test.each(due)('when %s, only what was asked for since answers it', async (_what, facts, after) => {
  expect((await stand(facts)).asked).toEqual([
    { source: 'roster', after },
    { source: 'refresh', after },
  ])
})

test('at the end someone who has extended stays in', async () => {
  const facts = { own: yes(ago(9)), listed: yes(ago(9), now), renewed: yes(now, now + 3_600_000) }
  expect(await stand(facts)).toMatchObject({ membership: yes(now, now + 3_600_000) })
})

test('soon after the end, when the roster cannot be had, what Entra says may lag behind: the end stands', async () => {
  const standing = await stand({ own: yes(ago(9)), listed: yes(ago(9), now), answer: yes(now) })
  expect(standing.membership).toMatchObject({ member: true, until: now })
})

test('two minutes after the end it is Entra that knows of an extension', async () => {
  const standing = await stand({ own: yes(ago(9)), listed: yes(ago(200), ago(120)), answer: yes(now) })
  expect(standing.membership).toEqual(yes(now))
})

test('what PIM itself told of an extension is not bound by the end that the roster knew', async () => {
  const plan = { askedAt: ago(300), from: ago(3_600), until: now + 3_600_000, seamAt: ago(60) }
  const standing = await stand({ own: yes(ago(1)), listed: ranOut(ago(60)), plan })
  expect(standing.membership).toMatchObject({ member: true })
})

test('at the end, when nobody can be asked, the end stands', async () => {
  const standing = await stand({ own: yes(ago(9)), listed: yes(ago(9), now) })
  expect(standing.membership).toMatchObject({ member: true, until: now })
})
