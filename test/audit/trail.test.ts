import { expect, test } from 'vitest'
import { type AuditRecord, createTrail } from '../../src/audit/trail.ts'
import { Problem } from '../../src/errors.ts'

const now = '2026-03-02T12:00:00Z'
const who = { act: 'act-1', actor: { objectId: 'oid-1', name: 'Ben Okafor' } }
const wish = { reason: 'Refund 8841', minutes: 60 }

function openTrail({ failing = 0 }: { failing?: number } = {}) {
  const records: AuditRecord[] = []
  const lost: unknown[] = []
  let count = 0
  const audited = createTrail({
    clock: () => new Date(now),
    append: async record => {
      count += 1
      if (count === failing) throw new Problem('redis-away')
      records.push(record)
    },
    onLost: error => lost.push(error),
  })
  return { audited, records, lost }
}

test('an act is recorded before it is done and after, by whom and with what was asked', async () => {
  const { audited, records } = openTrail()
  const seen: string[] = []
  await audited(
    'activation',
    who,
    wish,
    async () => seen.push(...records.map(({ event }) => event)),
    () => ({ request: 'r-1' }),
  )
  expect(seen).toEqual(['activationRequested'])
  expect(records).toEqual([
    { event: 'activationRequested', at: Date.parse(now), ...who, ...wish },
    { event: 'activationCompleted', at: Date.parse(now), ...who, ...wish, request: 'r-1' },
  ])
})
test('what cannot be recorded is not done', async () => {
  const { audited } = openTrail({ failing: 1 })
  let isDone = false
  const act = async () => {
    isDone = true
  }
  await expect(audited('ending', who, {}, act, () => ({}))).rejects.toThrow('redis-away')
  expect(isDone).toBe(false)
})
test('an act that fails is recorded as failed, with the code and nothing else of the error, and rises', async () => {
  const { audited, records } = openTrail()
  const failing = audited(
    'activation',
    who,
    wish,
    () => Promise.reject(new Problem('entra-unreachable', { cause: 'secret' })),
    () => ({}),
  )
  await expect(failing).rejects.toThrow('entra-unreachable')
  expect(records[1]).toMatchObject({ event: 'activationFailed', status: 'entra-unreachable' })
  expect(JSON.stringify(records)).not.toContain('secret')
})
test('an answer that is a failure is recorded as one', async () => {
  const { audited, records } = openTrail()
  await audited(
    'extension',
    who,
    wish,
    async () => 'failed',
    status => ({ status, failed: true }),
  )
  expect(records[1]).toMatchObject({ event: 'extensionFailed', status: 'failed' })
})
test('a person is told what happened even when the record after it is lost; the operator hears of that', async () => {
  const { audited, lost } = openTrail({ failing: 2 })
  expect(
    await audited(
      'approval',
      who,
      {},
      async () => 'done',
      () => ({}),
    ),
  ).toBe('done')
  expect(lost).toHaveLength(1)
})
