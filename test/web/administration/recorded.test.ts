import { expect, test } from 'vitest'
import type { AuditRecord } from '../../../src/audit/trail.ts'
import { createReading } from '../../../src/web/administration/recorded.ts'

const person = { objectId: 'oid-ana', name: 'Ana Costa', username: 'ana@contoso.example', loginHint: 'never' }
const visit = { person } as never
const actor = { objectId: 'oid-ana', name: 'Ana Costa', username: 'ana@contoso.example' }

function made() {
  const records: AuditRecord[] = []
  return { records, ...createReading(async record => void records.push(record)) }
}

test('a page that was opened is recorded, with its filter where there is one', async () => {
  const { records, opened } = made()
  await opened(visit, '/trail')
  await opened(visit, '/trail', { person: 'Ben' })
  expect(records).toEqual([
    { event: 'read', actor, page: '/trail' },
    { event: 'read', actor, page: '/trail', filter: { person: 'Ben' } },
  ])
})

test('a download is recorded, with its filter where there is one', async () => {
  const { records, downloads } = made()
  await downloads(visit, 'csv')
  await downloads(visit, 'jsonl', { gate: 'members' })
  expect(records).toEqual([
    { event: 'download', actor, what: 'csv' },
    { event: 'download', actor, what: 'jsonl', filter: { gate: 'members' } },
  ])
})

test('what cannot be recorded is an error', async () => {
  const away = new Error('redis-away')
  const { opened, downloads } = createReading(() => Promise.reject(away))
  await expect(opened(visit, '/trail')).rejects.toBe(away)
  await expect(downloads(visit, 'csv')).rejects.toBe(away)
})
