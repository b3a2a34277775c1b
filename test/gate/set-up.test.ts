import { beforeEach, describe, expect, test } from 'vitest'
import type { Groups } from '../../src/entra/claims.ts'
import { createSetUp, type SetUp } from '../../src/gate/set-up.ts'
import { now as noon } from './memberships.ts'

const guid = '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05'
const minute = 60_000
const hour = 60 * minute

let now: number
let listed: Set<string>
let logged: [string, Record<string, unknown>, string][]
let setUp: SetUp
const open = ({ hasRoster = true } = {}) =>
  createSetUp({
    clock: () => new Date(now),
    log: {
      warn: (line: never, advice: string) => void logged.push(['warn', line, advice]),
      error: (line: never, advice: string) => void logged.push(['error', line, advice]),
    } as never,
    ...(hasRoster && { isListed: objectId => listed.has(objectId) }),
  })
beforeEach(() => {
  now = noon
  listed = new Set()
  logged = []
  setUp = open()
})

const saw = (objectId: string, groups: Groups = [], known?: { isRunning: boolean }) =>
  setUp.saw({ objectId }, groups, known)
const sawMany = (count: number, from = 1) => {
  for (let number = from; number < from + count; number++) saw(`person ${number}`)
}
const doubts = () => logged.map(([, { why }]) => why)

describe('groups that are named by words', () => {
  test('are told with what to change', () => {
    saw('ana', ['Staff'])
    expect(logged).toEqual([
      ['warn', { event: 'set-up-doubtful', why: 'names' }, expect.stringContaining('take the format off')],
    ])
  })

  test.for([`x${guid}`, `${guid}x`, guid.slice(1), ''])('are told where a name is almost an object id: %j', name => {
    saw('ana', [name])
    expect(doubts()).toEqual(['names'])
  })

  test.for<[string, Groups]>([
    ['one object id', [guid]],
    ['an object id in capitals', [guid.toUpperCase()]],
    ['an object id beside a name', ['Staff', guid]],
    ['too many groups to list', 'overage'],
  ])('are not what a token names with %s', ([, groups]) => {
    saw('ana', groups)
    expect(doubts()).toEqual([])
  })

  test('are told once an hour', () => {
    for (const at of [noon, noon + hour - 1, noon + hour]) {
      now = at
      saw('ana', ['Staff'])
    }
    expect(doubts()).toEqual(['names', 'names'])
  })

  test('are told again where the clock was set back by an hour', () => {
    saw('ana', ['Staff'])
    now -= hour - 1
    saw('ana', ['Staff'])
    expect(doubts()).toHaveLength(1)
    now -= 1
    saw('ana', ['Staff'])
    expect(doubts()).toHaveLength(2)
  })
})

describe('tokens of several people that name no group', () => {
  test('are told from the fifth person on, with how many they are', () => {
    sawMany(4)
    expect(doubts()).toEqual([])
    sawMany(1, 5)
    expect(logged).toEqual([
      ['warn', { event: 'set-up-doubtful', why: 'nobody', people: 5 }, expect.stringMatching(/^no token has named/)],
    ])
  })

  test('are no doubt where one person comes again and again', () => {
    for (let times = 0; times < 9; times++) saw('ana')
    expect(doubts()).toEqual([])
  })

  test('are no doubt once anybody has a group', () => {
    sawMany(4)
    saw('ana', [guid])
    sawMany(4, 5)
    expect(doubts()).toEqual([])
  })

  test('are counted up to a thousand people', () => {
    sawMany(1_001)
    now += hour
    saw('ana')
    expect(logged.at(-1)?.[1]).toMatchObject({ people: 1_000 })
  })
})

describe('somebody whom the roster lists, and whose token names no group,', () => {
  beforeEach(() => void listed.add('ana'))
  const comeBackAfter = (ms: number) => {
    now += ms
    saw('ana')
  }

  test('is told with whom it is about, once that lasts for two minutes', () => {
    saw('ana')
    comeBackAfter(2 * minute - 1)
    expect(doubts()).toEqual([])
    comeBackAfter(1)
    expect(logged).toEqual([
      [
        'warn',
        { event: 'set-up-doubtful', why: 'listed-elsewhere', oid: 'ana' },
        expect.stringMatching(/^somebody is in the group, but/),
      ],
    ])
  })

  test('is no doubt where a token named a group meanwhile', () => {
    saw('ana')
    saw('bert', [guid])
    comeBackAfter(2 * minute)
    expect(doubts()).toEqual([])
  })

  test('is no doubt where the roster did not list them meanwhile', () => {
    saw('ana')
    listed.clear()
    comeBackAfter(minute)
    listed.add('ana')
    comeBackAfter(minute)
    expect(doubts()).toEqual([])
  })

  test('is not watched beside a thousand others', () => {
    for (let number = 1; number <= 1_000; number++) saw(`person ${number}`, [], { isRunning: true })
    saw('ana')
    comeBackAfter(2 * minute)
    expect(doubts()).not.toContain('listed-elsewhere')
  })
})

test('somebody whose access PIM shows to be on, and whose token names no group, is told after two minutes', () => {
  saw('ana', [], { isRunning: true })
  now += 2 * minute
  saw('ana', [], { isRunning: true })
  expect(doubts()).toEqual(['listed-elsewhere'])
})

test.for([true, false])('somebody in no group of whom nothing else is known is no doubt: %s', hasRoster => {
  setUp = open({ hasRoster })
  saw('ana')
  now += 2 * minute
  saw('ana')
  expect(doubts()).toEqual([])
})

test('too many groups for a token, while Graph may not be asked, are an error for an administrator', () => {
  const error = new Error('forbidden')
  setUp.tooManyGroups({ objectId: 'ana' }, error)
  expect(logged).toEqual([
    [
      'error',
      { event: 'too-many-groups', why: 'too-many-groups', oid: 'ana', error },
      expect.stringContaining('grant admin consent'),
    ],
  ])
})

test('each kind of doubt is told, whichever others were', () => {
  saw('ana', ['Staff'])
  setUp.tooManyGroups({ objectId: 'ana' }, undefined)
  expect(doubts()).toEqual(['names', 'too-many-groups'])
})
