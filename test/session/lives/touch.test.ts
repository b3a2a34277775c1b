import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createTouch } from '../../../src/session/lives/touch.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'
import { recordAt } from '../../support/alice.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const minute = 60_000
const seen = (ms: number): SessionRecord => ({ ...recordAt(now - 10 * minute), lastSeenAt: now - ms })
const unseen = seen(minute)

/** Touches whose every step is written down. `found` is the record that the session has when it is written. */
function open({
  idleMs = 30 * minute,
  found = unseen,
  writing = async () => {},
  refreshing = async () => {},
  isUnlisted = false,
}: {
  idleMs?: number
  found?: SessionRecord | undefined | 'gone'
  writing?: () => Promise<void>
  refreshing?: () => Promise<void>
  isUnlisted?: boolean
} = {}) {
  const steps: unknown[][] = []
  let at = now
  const step =
    (name: string) =>
    (...args: unknown[]) =>
      void steps.push([name, ...args])
  const touch = createTouch({
    idleMs,
    clock: () => new Date(at),
    redis: {
      pexpire: (...args: unknown[]) => {
        steps.push(['kept', ...args])
        return refreshing()
      },
    },
    keyOf: (id: string) => `session:${id}`,
    lifetimes: {
      tokenLifeMs: () => 7,
      ttlSeconds: () => 9,
      overAt: ({ lastSeenAt }: SessionRecord) => lastSeenAt + 1,
      noteUnwritten: step('remembered here'),
    },
    byId: {
      change: async (id: string, edit: (record: SessionRecord) => SessionRecord) => {
        steps.push(['written', id, found === 'gone' ? 'gone' : edit(found)])
        await writing()
        return found === 'gone' ? undefined : edit(found)
      },
    },
    vault: { prolong: async (...args: unknown[]) => step('tokens')(...args) },
    census: {
      enter: async (...args: unknown[]) => {
        step('counted')(...args)
        return isUnlisted
      },
    },
    endIfOwed: async (...args: unknown[]) => step('looked for an end')(...args),
    log: { warn: step('logged') },
  } as never)
  return {
    touch,
    aMinutePasses: () => {
      at += minute
    },
    steps,
    names: () => steps.map(([name]) => name),
    stepsOf: (name: string) => steps.filter(([each]) => each === name),
  }
}

/** Until everything is done that waits for nothing outside. */
async function done(): Promise<void> {
  await turn()
  await turn()
}

/** What happens when a session is touched that has this record. */
async function touched(before: SessionRecord, needs: Parameters<typeof open>[0] = {}) {
  const opened = open(needs)
  opened.touch('one', before)
  await done()
  return opened
}

describe('that a session was seen is written down', () => {
  test('when it was not seen for a minute', async () => {
    expect((await touched(unseen)).stepsOf('written')).toEqual([['written', 'one', { ...unseen, lastSeenAt: now }]])
  })

  test('not when it was seen within the last minute', async () => {
    expect((await touched(seen(minute - 1))).names()).toEqual([])
  })

  test('sooner where it is idle within two minutes', async () => {
    expect((await touched(seen(minute / 2), { idleMs: minute })).names()).toContain('written')
  })

  test('not where another request wrote it down by then', async () => {
    const found = seen(minute - 1)
    expect((await touched(unseen, { found })).stepsOf('written')).toEqual([['written', 'one', found]])
  })

  test('after its tokens were kept for as long as it lasts', async () => {
    const { names, stepsOf } = await touched(unseen)
    expect(names()).toEqual(['tokens', 'written', 'counted'])
    expect(stepsOf('tokens')).toEqual([['tokens', 'one', { lifeMs: 7, now }]])
  })

  test.for([
    [minute, 0],
    [minute + 1, 1],
  ] as const)('%s ms after it began, with its tokens kept on %s times', async ([age, times], { expect }) => {
    const { stepsOf } = await touched({ ...unseen, signedInAt: now - age })
    expect(stepsOf('tokens')).toHaveLength(times)
  })

  test('and counts it until it is over', async () => {
    expect((await touched(unseen)).stepsOf('counted')).toEqual([['counted', 'one', { until: now + 1, now }]])
  })

  test('and counts it from when it was seen, however long the writing takes', async () => {
    const opened = open({ writing: async () => opened.aMinutePasses() })
    opened.touch('one', unseen)
    await done()
    expect(opened.stepsOf('counted')).toMatchObject([['counted', 'one', { now }]])
  })

  test('and counts nothing where the session is gone by then', async () => {
    expect((await touched(unseen, { found: 'gone' })).names()).toEqual(['tokens', 'written'])
  })
})

describe('where a session was seen', () => {
  test('is written down with its last use', async () => {
    const opened = open()
    opened.touch('one', unseen, '203.0.113.7')
    await done()
    expect(opened.stepsOf('written')).toMatchObject([['written', 'one', { lastSeenFrom: '203.0.113.7' }]])
  })

  test('stays as it was where no address is known', async () => {
    const found = { ...unseen, lastSeenFrom: '203.0.113.7' }
    expect((await touched(unseen, { found })).stepsOf('written')).toMatchObject([
      ['written', 'one', { lastSeenFrom: '203.0.113.7' }],
    ])
  })

  test('is not written sooner than a minute after the last time, wherever it is', async () => {
    const opened = open()
    opened.touch('one', seen(minute - 1), '203.0.113.8')
    await done()
    expect(opened.steps).toEqual([])
  })
})

describe('an end of all sessions that has missed this one', () => {
  test('is looked for where the session was not listed', async () => {
    const { stepsOf } = await touched(unseen, { isUnlisted: true })
    expect(stepsOf('looked for an end')).toMatchObject([['looked for an end', 'one', { lastSeenAt: now }]])
  })

  test('is not looked for where it was listed', async () => {
    expect((await touched(unseen)).stepsOf('looked for an end')).toEqual([])
  })
})

describe('requests of one session at the same moment', () => {
  const timesOf = ({ stepsOf }: ReturnType<typeof open>) => stepsOf('written').length

  test('write it down once', async () => {
    const opened = open()
    opened.touch('one', unseen)
    opened.touch('one', unseen)
    await done()
    expect(timesOf(opened)).toBe(1)
  })

  test('write it down once, also when one of them comes with the answer to the write of the other', async () => {
    const opened = open()
    opened.touch('one', unseen)
    for (let steps = 0; steps < 100; steps++) await Promise.resolve()
    expect(opened.names()).toContain('counted')
    opened.touch('one', unseen)
    await done()
    expect(timesOf(opened)).toBe(1)
  })

  test('do not keep a later request from writing it down', async () => {
    const opened = open()
    opened.touch('one', unseen)
    await done()
    opened.touch('one', unseen)
    await done()
    expect(timesOf(opened)).toBe(2)
  })

  test('do not keep those of another session from writing down theirs', async () => {
    const opened = open()
    opened.touch('one', unseen)
    opened.touch('two', unseen)
    await done()
    expect(timesOf(opened)).toBe(2)
  })

  test('write it down each where the session was seen in between', async () => {
    const opened = open()
    opened.touch('one', seen(2 * minute))
    opened.touch('one', unseen)
    await done()
    expect(timesOf(opened)).toBe(2)
  })
})

describe('a Redis that takes no writes', () => {
  const error = new Error('lost')
  const failing = { writing: () => Promise.reject(error) }

  test('signs nobody out: the replica remembers when the session was seen', async () => {
    const opened = open({
      writing: () => {
        opened.aMinutePasses()
        return Promise.reject(error)
      },
    })
    opened.touch('one', unseen)
    await done()
    expect(opened.stepsOf('remembered here')).toEqual([['remembered here', 'one', now]])
  })

  test('is asked to keep the session for as long as one that is used', async () => {
    expect((await touched(unseen, failing)).stepsOf('kept')).toEqual([['kept', 'session:one', 9_000]])
  })

  test('is in the log, with the reason', async () => {
    const { stepsOf } = await touched(unseen, failing)
    expect(stepsOf('logged')).toEqual([['logged', { event: 'session-touch-failed', error }]])
  })

  test('may fail at that, too', async () => {
    const { names } = await touched(unseen, { ...failing, refreshing: () => Promise.reject(error) })
    expect(names()).toEqual(['tokens', 'written', 'remembered here', 'kept', 'logged'])
  })

  test('is asked once more by the next request', async () => {
    const opened = await touched(unseen, failing)
    opened.touch('one', unseen)
    await done()
    expect(opened.stepsOf('written')).toHaveLength(2)
  })
})
