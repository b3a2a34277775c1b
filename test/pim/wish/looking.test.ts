import { expect, test } from 'vitest'
import type { PimRequest } from '../../../src/entra/pim/requests.ts'
import { createLooking } from '../../../src/pim/wish/looking.ts'
import { firstRequest, openAtPim, span, start, who } from '../at-pim.ts'

const hour = 3_600_000
const startsAt = (span.until ?? 0) + 1_000

/** An extension that PIM took, and of whose request it says this now. */
async function extensionWhoseRequestIs(status: PimRequest['status']) {
  const parts = openAtPim({ request: async () => ({ ...firstRequest, id: 'r-2', status, startsAt }) })
  const taken = { stage: 'accepted', acceptedAt: start, request: 'r-2', status: 'pendingprovisioning' } as const
  const wish = { kind: 'extend', wish: { reason: 'Refund 8841', minutes: 60 }, returnTo: '/', startsAt } as const
  const activation = await parts.activations.begin(who, { ...wish, ...taken })
  if (!activation) throw new Error('another wish stands in the way')
  return { ...parts, found: await createLooking(parts)(who, activation) }
}

test('an extension that PIM granted after it took it is learnt by sessions that begin later', async () => {
  const { planOfNewSession } = await extensionWhoseRequestIs('granted')
  expect(await planOfNewSession()).toMatchObject({ until: startsAt + hour, seamAt: startsAt })
})

test('an extension that PIM could not carry out changes no plan', async () => {
  const { found, planOfNewSession } = await extensionWhoseRequestIs('failed')
  expect(found).toMatchObject({ stage: 'over', ending: { code: 'failed' } })
  expect(await planOfNewSession()).toBeUndefined()
})
