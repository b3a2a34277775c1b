import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createRefusals } from '../../../../src/session/redis/refusals.ts'
import { linesOf } from './lines.ts'

let now = 0
beforeEach(() => {
  now = 100_000
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})
afterEach(() => void vi.restoreAllMocks())

const setSession = { command: 'set', kind: 'session' }
function open(options?: { isSpread?: boolean }) {
  const { log, lines } = linesOf()
  const refusals = createRefusals(log, options)
  return {
    ...refusals,
    refuse: (word: string, subject?: typeof setSession) =>
      refusals.refused({ word, command: 'set', remedy: 'what helps' }, subject),
    said: () => lines.map(({ word }) => word),
    lines,
  }
}

test('a refusal is said with its word, its command and what helps', () => {
  const { refuse, lines } = open()
  refuse('OOM')
  expect(lines).toMatchObject([{ event: 'redis-refuses', word: 'OOM', command: 'set', remedy: 'what helps' }])
})

test.each([
  ['OOM', 50],
  ['NOPERM', 50],
  ['READONLY', 50],
  ['LOADING', 40],
  ['BUSY', 40],
  ['TRYAGAIN', 40],
])('%s has level %i in the log', (word, level) => {
  const { refuse, lines } = open()
  refuse(word)
  expect(lines).toMatchObject([{ level }])
})

test('a refusal is said once an outage', () => {
  const { refuse, said } = open()
  for (let times = 0; times < 3; times++) refuse('OOM')
  expect(said()).toEqual(['OOM'])
})

test('refusals that come of different faults are said each', () => {
  const { refuse, said } = open()
  for (const word of ['OOM', 'MISCONF', 'READONLY', 'WRONGPASS', 'MOVED', 'NOPERM']) refuse(word)
  expect(said()).toEqual(['OOM', 'MISCONF', 'READONLY', 'WRONGPASS', 'MOVED', 'NOPERM'])
})

describe.each([
  [['WRONGPASS', 'NOAUTH', 'DENIED', 'TLS']],
  [['READONLY', 'MASTERDOWN', 'NOREPLICAS']],
  [['MOVED', 'ASK', 'CROSSSLOT', 'TRYAGAIN', 'CLUSTERDOWN']],
])('of %j, which come of one fault', words => {
  test.each(words)('only %s is said where it is the first', first => {
    const { refuse, said } = open()
    for (const word of [first, ...words]) refuse(word)
    expect(said()).toEqual([first])
  })
})

test('a key of another type is nobody’s refusal', () => {
  const { refuse, said, isRefusing } = open()
  refuse('WRONGTYPE')
  expect([said(), isRefusing()]).toEqual([[], false])
})

describe('an outage', () => {
  test('lasts from the first refusal on', () => {
    const { refuse, isRefusing } = open()
    expect(isRefusing()).toBe(false)
    refuse('OOM')
    expect(isRefusing()).toBe(true)
  })

  test('is said again when Redis was well meanwhile', () => {
    const { refuse, said, answered } = open()
    refuse('NOPERM', setSession)
    now += 1_000
    answered(setSession)
    refuse('NOPERM', setSession)
    expect(said()).toEqual(['NOPERM', 'NOPERM'])
  })

  test('is over when Redis answers what it refused, and was quiet for a second', () => {
    const { refuse, answered, isRefusing } = open()
    refuse('NOPERM', setSession)
    now += 999
    answered(setSession)
    expect(isRefusing()).toBe(true)
    now += 1
    answered(setSession)
    expect(isRefusing()).toBe(false)
  })

  test('goes on from the last refusal', () => {
    const { refuse, answered, isRefusing } = open()
    refuse('NOPERM', setSession)
    now += 900
    refuse('NOPERM', setSession)
    now += 900
    answered(setSession)
    expect(isRefusing()).toBe(true)
  })

  test.each([
    ['another command', { command: 'get', kind: 'session' }],
    ['another kind of key', { command: 'set', kind: 'note' }],
  ])('goes on when Redis answers about %s', (_what, subject) => {
    const { refuse, answered, isRefusing } = open()
    refuse('NOPERM', setSession)
    now += 60_000
    answered(subject)
    expect(isRefusing()).toBe(true)
  })

  test('is over when Redis answers any of several that it refused', () => {
    const { refuse, answered, isRefusing } = open()
    refuse('NOPERM', { command: 'set', kind: 'note' })
    refuse('NOPERM', setSession)
    now += 1_000
    answered({ command: 'set', kind: 'note' })
    expect(isRefusing()).toBe(false)
  })

  test('goes on while another is over', () => {
    const { refuse, said, answered, isRefusing } = open()
    refuse('OOM', setSession)
    refuse('NOPERM', { command: 'eval', kind: 'count' })
    now += 1_000
    answered(setSession)
    refuse('NOPERM')
    expect([isRefusing(), said()]).toEqual([true, ['OOM', 'NOPERM']])
  })

  test.each([
    ['of a cluster', 'NOPERM', { isSpread: true }],
    ['of the shape', 'MOVED', {}],
  ])('%s is over only after ten quiet seconds', (_what, word, options) => {
    const { refuse, answered, isRefusing } = open(options)
    refuse(word, setSession)
    now += 9_999
    answered(setSession)
    expect(isRefusing()).toBe(true)
    now += 1
    answered(setSession)
    expect(isRefusing()).toBe(false)
  })
})

describe.each(['LOADING', 'BUSY'])('while all of Redis refuses with %s', word => {
  function quiet() {
    const opened = open()
    opened.refuse(word, setSession)
    now += 1_000
    return opened
  }

  test('any other command that is answered ends the outage', () => {
    const { answered, isRefusing } = quiet()
    answered({ command: 'get', kind: 'note' })
    expect(isRefusing()).toBe(false)
  })

  test.each(['auth', 'hello', 'info', 'select', 'cluster'])(
    'the answer to %s, which begins a connection, does not',
    command => {
      const { answered, isRefusing } = quiet()
      answered({ command, kind: '' })
      expect(isRefusing()).toBe(true)
    },
  )
})

describe.each(['READONLY', 'MASTERDOWN', 'NOREPLICAS', 'OOM', 'MISCONF'])('while writes are refused with %s', word => {
  function quiet() {
    const opened = open()
    opened.refuse(word, { command: 'eval', kind: 'count' })
    now += 1_000
    return opened
  }

  test.each(['set', 'zadd', 'xadd'])('%s that is answered ends the outage', command => {
    const { answered, isRefusing } = quiet()
    answered({ command, kind: 'note' })
    expect(isRefusing()).toBe(false)
  })

  test.each(['get', 'eval'])('the answer to %s, which may be no write, does not', command => {
    const { answered, isRefusing } = quiet()
    answered({ command, kind: 'count' })
    expect(isRefusing()).toBe(true)
  })
})

describe('a connection that stands', () => {
  test.each(['WRONGPASS', 'NOAUTH', 'DENIED', 'TLS', 'LOADING', 'MOVED', 'CLUSTERDOWN'])(
    'ends the outage of %s',
    word => {
      const { refuse, connected, isRefusing } = open()
      refuse(word)
      connected()
      expect(isRefusing()).toBe(false)
    },
  )

  test.each(['OOM', 'READONLY', 'NOPERM', 'BUSY'])('does not end the outage of %s', word => {
    const { refuse, connected, isRefusing } = open()
    refuse(word)
    connected()
    expect(isRefusing()).toBe(true)
  })
})
