import { describe, expect, test } from 'vitest'
import { type AuditRecord, createTrail, type Verdict } from '../../src/audit/trail.ts'
import { NoAnswer } from '../../src/entra/outbound.ts'
import { Problem } from '../../src/errors.ts'
import { verdictOfThrown } from '../../src/pim/acts/verdict.ts'

const actor = { objectId: 'oid-1', name: 'Ben Okafor', username: 'ben@contoso.example' }
const who = { act: 'act-1', actor }
const wish = { reason: 'Refund 8841', minutes: 60 }
const done = () => ({ verdict: 'done' as const })

function openTrail({ failing = 0 }: { failing?: number } = {}) {
  const records: AuditRecord[] = []
  const lost: unknown[] = []
  const kept: unknown[] = []
  let count = 0
  const audited = createTrail({
    gate: 'operators',
    append: async record => {
      count += 1
      if (count === failing) throw new Problem('redis-away')
      records.push(record)
    },
    verdictOfThrown,
    onKept: step => kept.push(step),
    onLost: error => lost.push(error),
  })
  return { audited, records, lost, kept }
}

test('an act is recorded before it is done and after, by whom and with what was asked', async () => {
  const { audited, records } = openTrail()
  const seen: string[] = []
  await audited(
    'activation',
    who,
    wish,
    async () => seen.push(...records.map(({ event }) => event)),
    () => ({ verdict: 'done', request: 'r-1' }),
  )
  expect(seen).toEqual(['activationRequested'])
  expect(records).toEqual([
    { event: 'activationRequested', gate: 'operators', ...who, ...wish },
    { event: 'activationCompleted', gate: 'operators', ...who, ...wish, request: 'r-1' },
  ])
})
test('each step that was recorded is told, with its gate', async () => {
  const { audited, kept } = openTrail()
  await audited('activation', who, wish, async () => {}, done)
  expect(kept).toEqual([
    { gate: 'operators', act: 'activation', step: 'requested' },
    { gate: 'operators', act: 'activation', step: 'completed' },
  ])
})
test('a step that could not be recorded is not told', async () => {
  const { audited, kept } = openTrail({ failing: 2 })
  await audited('ending', who, {}, async () => {}, done)
  expect(kept).toEqual([{ gate: 'operators', act: 'ending', step: 'requested' }])
})
test('a record names its actor by object id, name and user name, and nothing else', async () => {
  const { audited, records } = openTrail()
  const identity = { ...actor, tenantId: 't', subject: 'pairwise', sid: 'sid-1', loginHint: 'hint-1' }
  await audited('ending', { act: 'act-1', actor: identity }, {}, async () => {}, done)
  for (const record of records) expect(record.actor).toEqual(actor)
})
test('a record names its subject, and who decided, by the same three', async () => {
  const { audited, records } = openTrail()
  const lena = { objectId: 'oid-2', name: 'Lena Fischer', username: 'lena@contoso.example' }
  const sid = { sid: 'sid-1' }
  await audited(
    'approval',
    who,
    { subject: { ...lena, ...sid } },
    async () => {},
    () => ({ verdict: 'done', by: { ...lena, ...sid } }),
  )
  expect(records[1]).toMatchObject({ subject: lena, person: 'Lena Fischer', by: lena })
  expect(JSON.stringify(records)).not.toContain('sid-1')
})
test('of a subject whose name is not known a record tells the object id alone', async () => {
  const { audited, records } = openTrail()
  await audited('denial', who, { subject: { objectId: 'oid-3' } }, async () => {}, done)
  expect(Object.keys(records[0]?.subject as object)).toEqual(['objectId'])
})
test('an act that cannot be recorded is not done', async () => {
  const { audited } = openTrail({ failing: 1 })
  let isDone = false
  const act = async () => {
    isDone = true
  }
  await expect(audited('ending', who, {}, act, done)).rejects.toThrow('redis-away')
  expect(isDone).toBe(false)
})

describe('an error of the act rises, and is recorded', () => {
  const recorded = async (thrown: Error) => {
    const { audited, records } = openTrail()
    await expect(audited('activation', who, wish, () => Promise.reject(thrown), done)).rejects.toBe(thrown)
    return records[1]
  }
  test('as failed where nothing was sent, with the code and nothing else of the error', async () => {
    const record = await recorded(new Problem('entra-unreachable', { cause: 'secret' }))
    expect(record).toMatchObject({ event: 'activationFailed', status: 'entra-unreachable' })
    expect(JSON.stringify(record)).not.toContain('secret')
  })
  test('as unanswered where the act may have happened', async () => {
    expect((await recorded(new NoAnswer('no connection')))?.event).toBe('activationUnanswered')
  })
  test('as failed where Microsoft turned the act away unread', async () => {
    expect((await recorded(new NoAnswer('status 429', { kind: 'throttled' })))?.event).toBe('activationFailed')
  })
})

test.each<[Verdict, string]>([
  ['done', 'extensionCompleted'],
  ['waiting', 'extensionWaiting'],
  ['denied', 'extensionFailed'],
  ['failed', 'extensionFailed'],
  ['unanswered', 'extensionUnanswered'],
])('an answer that says %s is recorded as %s, with its status', async (verdict, event) => {
  const { audited, records } = openTrail()
  await audited(
    'extension',
    who,
    wish,
    async () => 'something',
    status => ({ verdict, status }),
  )
  expect(records[1]).toMatchObject({ event, status: 'something' })
})
test('a result that is found out later is one more record of the act', async () => {
  const { audited, records } = openTrail()
  await audited.found('activation', who, { ...wish, verdict: 'done', request: 'r-1' })
  expect(records).toEqual([{ event: 'activationCompleted', gate: 'operators', ...who, ...wish, request: 'r-1' }])
})
test('a person is told what happened even when the record after it is lost; the operator hears of that', async () => {
  const { audited, lost } = openTrail({ failing: 2 })
  expect(await audited('approval', who, {}, async () => 'done', done)).toBe('done')
  expect(lost).toHaveLength(1)
})

test.each<[thrown: unknown, status: string]>([
  ['a text', 'unknown'],
  [Object.assign(new Error('x'), { code: 'y'.repeat(101) }), 'y'.repeat(100)],
  [new RangeError('x'), 'RangeError'],
])('of what is thrown no more is recorded than a short code: %o', async (thrown, status) => {
  const { audited, records } = openTrail()
  await expect(audited('activation', who, wish, () => Promise.reject(thrown), done)).rejects.toBe(thrown)
  expect(records[1]).toMatchObject({ status })
})

test.each<[Verdict, number]>([
  ['unanswered', 1],
  ['waiting', 2],
  ['denied', 3],
  ['failed', 3],
  ['done', 3],
])(
  'what says more of an act ranks higher, so that nothing that says less is told after it: %s',
  async (verdict, rank) => {
    const ranks: (readonly [act: string, rank: number])[] = []
    const audited = createTrail({
      gate: 'members',
      append: async () => {},
      once: async (act, rank, write) => {
        ranks.push([act, rank])
        await write()
      },
      verdictOfThrown,
      onLost: () => {},
    })
    await audited(
      'activation',
      who,
      wish,
      async () => {},
      () => ({ verdict }),
    )
    expect(ranks).toEqual([
      ['act-1', 0],
      ['act-1', rank],
    ])
  },
)
