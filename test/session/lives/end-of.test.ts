import { describe, expect, test } from 'vitest'
import { createEndOf } from '../../../src/session/lives/end-of.ts'
import { handleOf, type SessionRecord } from '../../../src/session/record/record.ts'
import { alice, recordAt } from '../../support/alice.ts'

const identity = { ...alice, sid: 'the-sid' }
const elsewhere = { ...alice, sid: 'another-sid' }
/** A record of the lineage that is named as the session, opened by a session of Entra of its own. */
const recordOf = (lineage: string): SessionRecord => ({ ...recordAt(0), identity: elsewhere, lineage })

/**
 * Ends over sessions that are listed in rounds, one each time the list is asked for; after the last the list is empty.
 * The sessions of `unread` cannot be read. Each of `destroyed` says, in turn, whether there was a session to destroy.
 */
function open(rounds: string[][], { unread = [], there = [] }: { unread?: string[]; there?: boolean[] } = {}) {
  const steps: unknown[][] = []
  let looks = 0
  const listed = (kind: string) => async (whose: unknown) => {
    steps.push([kind, whose])
    return rounds[looks++] ?? []
  }
  const endOf = createEndOf({
    byId: { read: async (id: string) => (unread.includes(id) ? undefined : recordOf(id)) },
    removal: {
      destroy: async (id: string, whose: unknown) => {
        steps.push(['destroyed', id, whose])
        return there.shift() ?? false
      },
    },
    registry: { ofPerson: listed('of person'), ofEntraSession: listed('of Entra') },
    ends: { remember: async (ended: unknown) => void steps.push(['word', ended]) },
  } as never)
  return {
    endOf,
    steps,
    looks: () => looks,
    names: () => steps.map(([name]) => name),
    words: () => steps.filter(([name]) => name === 'word').map(([, word]) => word),
    destroyed: () => [...new Set(steps.filter(([name]) => name === 'destroyed').map(([, id]) => id))],
  }
}

describe('an end of all sessions of a person', () => {
  test('ends each that is listed', async () => {
    const { endOf, destroyed } = open([['one', 'two']])
    await endOf.person(identity)
    expect(destroyed()).toEqual(['one', 'two'])
  })

  test('looks for them under the person', async () => {
    const { endOf, steps } = open([])
    await endOf.person(identity)
    expect(steps).toContainEqual(['of person', identity])
  })

  test('leaves word before it looks: a session that is being born finds the word', async () => {
    const { endOf, names } = open([['one']])
    await endOf.person(identity)
    expect(names().slice(0, 2)).toEqual(['word', 'of person'])
  })

  test('leaves word of the person', async () => {
    const { endOf, words } = open([])
    await endOf.person(identity)
    expect(words()).toEqual([{ person: identity, but: undefined }])
  })

  test('spares the session that stays', async () => {
    const { endOf, destroyed } = open([['one', 'two']])
    await endOf.person(identity, 'one')
    expect(destroyed()).toEqual(['two'])
  })

  test('leaves word of the session that stays', async () => {
    const { endOf, words } = open([])
    await endOf.person(identity, 'one')
    expect(words()).toEqual([{ person: identity, but: 'one' }])
  })

  test('removes a session from the lists that it is in itself', async () => {
    const { endOf, steps } = open([['one']])
    await endOf.person(identity)
    expect(steps).toContainEqual(['destroyed', 'one', elsewhere])
  })

  test('removes a session that cannot be read from the lists of the person who asks', async () => {
    const { endOf, steps } = open([['one']], { unread: ['one'] })
    await endOf.person(identity)
    expect(steps).toContainEqual(['destroyed', 'one', identity])
  })
})

describe('an end of one session', () => {
  test('ends the one of this lineage', async () => {
    const { endOf, destroyed } = open([['one', 'two']])
    await endOf.lineage(identity, 'two')
    expect(destroyed()).toEqual(['two'])
  })

  test('leaves word of the lineage', async () => {
    const { endOf, words } = open([])
    await endOf.lineage(identity, 'two')
    expect(words()).toEqual([{ lineage: 'two' }])
  })

  test('names a session that cannot be read by its id', async () => {
    const { endOf, destroyed } = open([['one', 'two']], { unread: ['one'] })
    await endOf.lineage(identity, handleOf('one'))
    expect(destroyed()).toEqual(['one'])
  })
})

describe('a sign-out of a browser', () => {
  test('ends the session of its lineage', async () => {
    const { endOf, destroyed } = open([['one', 'two']])
    await endOf.browser({ identity, lineage: 'two' })
    expect(destroyed()).toEqual(['two'])
  })

  test('leaves word of the session of Entra, which is not over there, and of the lineage', async () => {
    const { endOf, words } = open([])
    await endOf.browser({ identity, lineage: 'two' })
    expect(words()).toEqual([{ entraSession: 'the-sid', isOverThere: false, isKnown: true }, { lineage: 'two' }])
  })

  test('leaves word of the lineage only where the session of Entra is not known', async () => {
    const { endOf, words } = open([])
    await endOf.browser({ identity: { ...identity, sid: undefined }, lineage: 'two' })
    expect(words()).toEqual([{ lineage: 'two' }])
  })
})

describe('an end of a session of Entra', () => {
  test('ends all sessions that it opened', async () => {
    const { endOf, destroyed } = open([
      ['one', 'two'],
      ['one', 'two'],
    ])
    await endOf.entraSession('the-sid')
    expect(destroyed()).toEqual(['one', 'two'])
  })

  test('looks for them under its sid', async () => {
    const { endOf, steps } = open([])
    await endOf.entraSession('the-sid')
    expect(steps).toContainEqual(['of Entra', 'the-sid'])
  })

  test.for([
    [[['one']], true],
    [[], false],
  ] as const)(
    'leaves word that it is over at Entra; with the sessions %j here it is known: %s',
    async ([listed, isKnown], { expect }) => {
      const { endOf, words } = open(listed.map(ids => [...ids]))
      await endOf.entraSession('the-sid')
      expect(words()).toEqual([{ entraSession: 'the-sid', isOverThere: true, isKnown }])
    },
  )

  test('removes a session that cannot be read, whosever it was', async () => {
    const { endOf, steps } = open([['one'], ['one']], { unread: ['one'] })
    await endOf.entraSession('the-sid')
    expect(steps).toContainEqual(['destroyed', 'one', undefined])
  })
})

describe('sessions that are to end are looked for', () => {
  const destroyedOf = async (rounds: string[][], needs: Parameters<typeof open>[1] = {}, but?: string) => {
    const { endOf, destroyed } = open(rounds, needs)
    await endOf.person(identity, but)
    return destroyed()
  }

  test('again after one was found: it may have gone on under another id', async () => {
    expect(await destroyedOf([['one'], ['two']])).toEqual(['one', 'two'])
  })

  test('again after one was found that is gone by now', async () => {
    expect(await destroyedOf([['one'], ['two']], { unread: ['one'] })).toEqual(['one', 'two'])
  })

  test('again after one was found that is spared', async () => {
    expect(await destroyedOf([['spared'], ['two']], {}, 'spared')).toEqual(['two'])
  })

  test('again after a new one was found beside one that was spared before', async () => {
    const rounds = [['spared'], ['spared', 'gone'], ['two']]
    expect(await destroyedOf(rounds, { unread: ['gone'] }, 'spared')).toEqual(['gone', 'two'])
  })

  test('again after one could be read that was found before', async () => {
    expect(await destroyedOf([['one'], ['one'], ['two']])).toEqual(['one', 'two'])
  })

  test('again after one ended that was found before and could not be read', async () => {
    const needs = { unread: ['one'], there: [false, true] }
    expect(await destroyedOf([['one'], ['one'], ['two']], needs)).toEqual(['one', 'two'])
  })

  test('again after one of several ended that were all found before', async () => {
    const needs = { unread: ['one', 'two'], there: [false, false, true, false] }
    expect(await destroyedOf([['one', 'two'], ['one', 'two'], ['three']], needs)).toEqual(['one', 'two', 'three'])
  })

  test('no more when nothing happened to those that were found before', async () => {
    const { endOf, looks } = open(Array(9).fill(['spared']))
    await endOf.person(identity, 'spared')
    expect(looks()).toBe(2)
  })

  test('ten times at most: a person who begins one session after the other is not followed for ever', async () => {
    const { endOf, looks } = open(Array.from({ length: 20 }, (_, round) => [`session ${round}`]))
    await endOf.person(identity)
    expect(looks()).toBe(10)
  })
})
