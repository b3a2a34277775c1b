import { expect, test } from 'vitest'
import { createGraph } from '../../../infra/azure/graph/create-graph.ts'
import { pausesOfLocalTenant } from '../../../infra/azure/graph/waiting.ts'
import { timeInHand } from '../time-in-hand.ts'

/** How many seconds pass while a policy is made after a context was asked for. */
async function secondsFor(pauses?: typeof pausesOfLocalTenant): Promise<number> {
  const time = timeInHand()
  const graph = createGraph({
    base: 'https://graph.microsoft.com/v1.0',
    ...time,
    token: async () => 'eyJ',
    fetch: async () => Response.json({ id: 1 }),
    pauses,
  })
  await graph.get('/identity/conditionalAccess/authenticationContextClassReferences/c1')
  const path = '/identity/conditionalAccess/policies'
  await graph.create({ path, body: {}, find: async () => undefined, isUnique: false })
  return time.passed()
}

test('Graph is given the time that Microsoft needs, and a local tenant is not waited for', async () => {
  expect(await secondsFor()).toBeGreaterThanOrEqual(20)
  expect(await secondsFor(pausesOfLocalTenant)).toBe(6)
})
