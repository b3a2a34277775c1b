import { expect, test } from 'vitest'
import type { Graph } from '../../../infra/azure/graph/graph.ts'
import { assignedIn } from '../../../infra/azure/things/schedules.ts'

const now = new Date('2026-03-02T12:00:00Z')
const graphWith = (expiration: object) => {
  const scheduleInfo = { startDateTime: '2026-03-02T11:00:00Z', expiration }
  const row = { principalId: 'ada', accessId: 'member', memberType: 'direct', status: 'Provisioned', scheduleInfo }
  return { list: async () => [row] } as unknown as Graph
}

test.each([
  ['an instant', { type: 'afterDateTime', endDateTime: '2026-03-02T17:30:00.123Z' }, '2026-03-02T17:30:00Z'],
  ['a duration in hours and minutes', { type: 'afterDuration', duration: 'PT8H30M' }, '2026-03-02T19:30:00Z'],
  ['a duration in minutes alone', { type: 'afterDuration', duration: 'PT90M' }, '2026-03-02T12:30:00Z'],
  ['nothing', { type: 'noExpiration' }, 'permanent'],
])('an end that PIM says as %s is shown', async (_how, expiration, until) => {
  const found = await assignedIn(graphWith(expiration), 'group', { kind: 'active', now })
  expect(found).toEqual([{ personId: 'ada', until }])
})
