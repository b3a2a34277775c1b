import { beforeEach, describe, expect, test } from 'vitest'
import type { Plan } from '../../../src/session/record/plan.ts'
import { createKnownPlans } from '../../../src/session/replicas/known-plans.ts'
import { createNotes, noteOf } from '../../../src/session/replicas/notes.ts'
import { alice } from '../../support/alice.ts'
import { ownKeys } from '../own-keys.ts'

const { redis, prefix, seal } = ownKeys()
const start = Date.parse('2026-03-02T12:00:00Z')
const minute = 60_000
const hour = 60 * minute
const name = noteOf('plan', alice)

let now: number
let firstRelease: Plan | undefined
const notes = createNotes({ redis, seal, prefix, about: 'group' })
const plans = createKnownPlans({
  notes,
  unmarked: { read: async asked => (asked === name && firstRelease ? JSON.stringify(firstRelease) : undefined) },
  clock: () => new Date(now),
})
beforeEach(async () => {
  now = start
  firstRelease = undefined
  await redis.del(`${prefix}note:${name}:group`)
})

/** A plan of PIM that ends at `until`, learned while `base` was the newest plan. */
const learn = (until: number, { base, askedAt = now }: { base?: Plan | undefined; askedAt?: number } = {}) =>
  plans.learned(alice, { base, askedAt }, () => ({ askedAt, until }))
const act = (until: number) => plans.act(alice, () => ({ askedAt: now, until }))

describe('the newest plan of a person', () => {
  test('is none at first', async () => {
    expect(await plans.latest(alice)).toBeUndefined()
  })

  test('is the one that was learned', async () => {
    await learn(start + hour)
    expect(await plans.latest(alice)).toEqual({ askedAt: start, until: start + hour, order: start })
  })

  test('is nobody else’s', async () => {
    await learn(start + hour)
    expect(await plans.latest({ ...alice, objectId: 'another' })).toBeUndefined()
  })

  test('is kept for 26 hours', async () => {
    await learn(start + hour)
    expect(await redis.pttl(`${prefix}note:${name}:group`)).toBeGreaterThan(26 * hour - minute)
  })

  test('stays known, however long ago it ended', async () => {
    await learn(start)
    now = start + hour
    expect(await plans.latest(alice)).toMatchObject({ until: start })
  })

  test('has a higher order than the one before, also where the clock went back', async () => {
    const base = await learn(start + hour)
    now = start - hour
    expect(await learn(start + 2 * hour, { base })).toMatchObject({ order: start + 1 })
  })

  test('has the order of its instant, when the clock went on', async () => {
    const base = await learn(start + hour)
    now = start + minute
    expect(await learn(start + 2 * hour, { base })).toMatchObject({ order: now })
  })
})

describe('what PIM answers', () => {
  test('is made from the plan that is there', async () => {
    const base = await learn(start + hour)
    let seen: Plan | undefined
    await plans.learned(alice, { base, askedAt: now }, before => {
      seen = before
      return { askedAt: now }
    })
    expect(seen).toEqual(base)
  })

  test('counts though another answer was written meanwhile, when it was asked for later', async () => {
    await learn(start + hour)
    expect(await learn(start + 2 * hour, { askedAt: start + 1 })).toMatchObject({ until: start + 2 * hour })
  })

  test('counts though another answer was written meanwhile, when both were asked for at once', async () => {
    await learn(start + hour)
    expect(await learn(start + 2 * hour)).toMatchObject({ until: start + 2 * hour })
  })

  test('gives way to the answer to a later question', async () => {
    await learn(start + hour)
    expect(await learn(start + 2 * hour, { askedAt: start - 1 })).toMatchObject({ until: start + hour })
  })

  test('that gave way is not written', async () => {
    await learn(start + hour)
    await learn(start + 2 * hour, { askedAt: start - 1 })
    expect(await plans.latest(alice)).toMatchObject({ until: start + hour })
  })

  test('gives way to an act of the person since the question, whenever it was asked', async () => {
    const base = await learn(start + hour)
    await act(start)
    expect(await learn(start + 2 * hour, { base, askedAt: start + minute })).toMatchObject({ until: start })
  })

  test('gives way to a first act of the person', async () => {
    await act(start)
    expect(await learn(start + 2 * hour, { askedAt: start + minute })).toMatchObject({ until: start })
  })

  test('counts over the plan it was asked about, though that one’s clock was ahead', async () => {
    const base = await learn(start + hour, { askedAt: start + minute })
    expect(await learn(start + 2 * hour, { base })).toMatchObject({ until: start + 2 * hour })
  })

  test('counts where nothing is known any more of the plan it was asked about', async () => {
    const base = { askedAt: start, order: start, act: start }
    expect(await learn(start + hour, { base })).toMatchObject({ until: start + hour })
  })
})

describe('an act of the person', () => {
  test('is made from the plan that is there', async () => {
    const found = await learn(start + hour)
    let seen: Plan | undefined
    await plans.act(alice, before => {
      seen = before
      return { askedAt: now }
    })
    expect(seen).toEqual(found)
  })

  test('counts over everything that was read before it', async () => {
    await learn(start + hour, { askedAt: start + minute })
    await act(start)
    expect(await plans.latest(alice)).toMatchObject({ until: start })
  })

  test('is marked in the plan with the order of that plan', async () => {
    await learn(start + hour)
    expect(await act(start)).toEqual({ askedAt: start, until: start, order: start + 1, act: start + 1 })
  })
})

describe('a session that begins', () => {
  test('is bound by the newest plan', async () => {
    const plan = await learn(start + hour)
    expect(await plans.read(alice)).toEqual(plan)
  })

  test('is bound by a plan without an end', async () => {
    const plan = await plans.learned(alice, { base: undefined, askedAt: now }, () => ({ askedAt: now }))
    expect(await plans.read(alice)).toEqual(plan)
  })

  test('is bound by a plan that ended, for as long as tokens may lag behind', async () => {
    await learn(start)
    now = start + 2 * minute - 1
    expect(await plans.read(alice)).toMatchObject({ until: start })
  })

  test('is not bound by a plan that ended before that', async () => {
    await learn(start)
    now = start + 2 * minute
    expect(await plans.read(alice)).toBeUndefined()
  })

  test('is bound by nothing where nothing is known', async () => {
    expect(await plans.read(alice)).toBeUndefined()
  })
})

describe('a session that begins beside the first release', () => {
  const ended = { askedAt: start, until: start, endedAt: start, from: start - hour }

  test('is bound by an end that the person made there', async () => {
    firstRelease = ended
    expect(await plans.read(alice)).toEqual({ askedAt: start, until: start })
  })

  test('is bound by the newer plan of this release', async () => {
    now = start + 1
    const plan = await learn(start + hour)
    firstRelease = ended
    expect(await plans.read(alice)).toEqual(plan)
  })

  test('is bound by an end there that is newer than the plan of this release', async () => {
    await learn(start + hour)
    firstRelease = { ...ended, askedAt: start + 1 }
    expect(await plans.read(alice)).toEqual({ askedAt: start + 1, until: start })
  })

  test.each([
    ['no plan there', undefined],
    ['a plan there that nobody ended', { askedAt: start + 1, until: start + hour }],
    ['a plan there without an end', { askedAt: start + 1 }],
    ['a plan there that went on after it was ended', { ...ended, until: start + hour, askedAt: start + 1 }],
  ])('is not bound by %s', async (_what, plan) => {
    firstRelease = plan
    expect(await plans.read(alice)).toBeUndefined()
  })

  test('is bound by the plan of this release once the end there is surely in the lists', async () => {
    const plan = await learn(start + hour)
    firstRelease = { ...ended, askedAt: start + 1 }
    now = start + 2.5 * minute
    expect(await plans.read(alice)).toEqual(plan)
  })

  test('is bound by nothing where the first release is none', async () => {
    const alone = createKnownPlans({ notes, clock: () => new Date(now) })
    expect(await alone.read(alice)).toBeUndefined()
  })
})
