import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { managedGroups } from '../../../infra/tenant/directory/managed.ts'
import { scopeOf } from '../../../src/session/scope.ts'
import { openHouse } from '../../support/house.ts'
import { storedOf } from '../../support/stored.ts'

const many = 2_000

test('two thousand sessions are listed, sorted and found without script, and end together', async () => {
  await using house = await openHouse({
    now: '2026-03-02T12:00:00Z',
    settings: { ADMIN_GROUP_ID: managedGroups.administrators, ADMIN_AUTH_CONTEXT_ID: 'c3' },
  })
  const ada = await house.visitor('ada')
  await ada.follow('/sessions/everyone/end?all=others')
  const { services, prefix, redis } = house
  const like = await storedOf(house, ada)
  const now = house.clock.read().getTime()
  const ids = Array.from({ length: many }, (_, index) => `made-up-${index}`)
  const pipeline = redis.pipeline()
  for (const [index, id] of ids.entries()) {
    const identity = { ...like.record.identity, objectId: randomUUID(), name: `Person ${index}`, sid: randomUUID() }
    const text = JSON.stringify({ ...like, record: { ...like.record, identity, lineage: `lineage-${index}` } })
    pipeline.set(`${prefix}session:${id}`, services.seal.close(text, `${prefix}session:${id}`), 'EX', 3_600)
    pipeline.zadd(`${prefix}sessions:${scopeOf(house.config).app}`, now + 1_800_000, id)
  }
  await pipeline.exec()
  const shown = async (query: string) => (await ada.get(`/sessions/everyone?${query}`)).text
  expect(await shown('find=person')).toContain(`1–100 of ${many}`)
  expect(await shown('find=person&sort=person&page=20')).toContain(`Person ${many - 1}<`)
  expect(await shown('find=person+1234')).toContain('1 in all')

  await ada.post('/sessions/everyone/end', { all: 'others', comment: 'A secret was published' })
  expect(await redis.exists(...ids.map(id => `${prefix}session:${id}`))).toBe(0)
  expect(await shown('')).toContain('One session is open')
})
