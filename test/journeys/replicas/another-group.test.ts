import { describe, expect } from 'vitest'
import type { House } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'
import { openSelfService, someoneIn } from '../../support/self-service.ts'
import { store, storedOf } from '../../support/stored.ts'
import { testInNew } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

/** The same sessions, read by a process that was given other settings, or by another release. */
let alice: Visitor
const test = testInNew({ now: '2026-03-02T12:00:00Z' })
test.beforeEach(async ({ house }) => {
  alice = await house.visitor('alice')
})

const otherGroup = (house: House) => ({ ACCESS_GROUP_ID: house.tenant.groups.administrators })
const otherClient = { ENTRA_CLIENT_ID: '00000000-1111-4222-8333-444444444444' }
const otherTenant = { ENTRA_TENANT_ID: '00000000-1111-4222-8333-444444444444' }
const isSentToSignIn = ({ status, headers }: { status: number; headers: Record<string, string> }) =>
  status === 302 && headers.location?.startsWith('/auth/sign-in')

describe('a process with another group', () => {
  test('asks about people anew, and signs nobody out', async ({ house }) => {
    await using other = await openReplica(house, otherGroup(house))
    const redeemed = house.tenant.calls.token
    expect((await alice.get(`${other.baseUrl}/`)).status).toBe(403)
    expect(house.tenant.calls.token).toBe(redeemed + 1)
    expect((await alice.get('/')).status).toBe(200)
  })

  test('serves nothing from the old proof while Microsoft does not answer, also within the grace period', async ({
    house,
  }) => {
    await using other = await openReplica(house, otherGroup(house))
    house.tenant.set({ down: true })
    expect((await alice.get(`${other.baseUrl}/`)).status).toBe(503)
    expect((await alice.get('/')).status).toBe(200)
  })

  test('leaves to the first what that has proven, so that the two do not ask in turns', async ({ house }) => {
    await using other = await openReplica(house, otherGroup(house))
    await alice.get(`${other.baseUrl}/`)
    const redeemed = house.tenant.calls.token
    for (let visit = 0; visit < 3; visit++) {
      expect((await alice.get('/')).status).toBe(200)
      expect((await alice.get(`${other.baseUrl}/`)).status).toBe(403)
    }
    expect(house.tenant.calls.token).toBe(redeemed)
  })

  test('keeps what somebody met in the session', async ({ house }) => {
    const stored = await storedOf(house, alice)
    const contexts = { c1: house.clock.read().getTime() }
    await store(house, alice, JSON.stringify({ ...stored, record: { ...stored.record, contexts } }))
    await using other = await openReplica(house, otherGroup(house))
    await alice.get(`${other.baseUrl}/`)
    expect((await storedOf(house, alice)).record.contexts).toEqual(contexts)
  })
})

test('what somebody wished for, planned or ended in the one group is nothing in another', async () => {
  await using selfService = await openSelfService()
  const ben = await someoneIn(selfService)
  await using other = await openReplica(selfService, { ACCESS_GROUP_ID: selfService.tenant.groups.administrators })
  expect((await ben.get(`${other.baseUrl}/`)).status).toBe(403)
  expect((await ben.fetch(`${other.baseUrl}/access/turning-on/state`)).body.step).toBe('none')
  expect((await ben.get('/')).status).toBe(200)
})

describe('a process of another application', () => {
  test.for([
    ['client', otherClient],
    ['tenant', otherTenant],
  ] as const)(
    'with another %s sees nobody, and leaves the session where it is',
    async ([_what, settings], { house }) => {
      await using other = await openReplica(house, settings)
      expect(isSentToSignIn(await alice.get(`${other.baseUrl}/`))).toBe(true)
      expect((await alice.fetch(`${other.baseUrl}/sessions`)).status).toBe(401)
      expect((await alice.get('/')).status).toBe(200)
    },
  )

  test('does not finish the sign-in that another one began', async ({ house }) => {
    await using other = await openReplica(house, otherClient)
    const ada = await house.visitor('ada', { signIn: false })
    const { location = '' } = (await ada.get('/auth/sign-in')).headers
    const state = new URL(location).searchParams.get('state')
    const asked = house.tenant.calls.token
    expect((await ada.get(`${other.baseUrl}/auth/callback?code=x&state=${state}`)).status).toBe(400)
    expect(house.tenant.calls.token).toBe(asked)
  })

  test('does not find the form that another one kept', async ({ house }) => {
    await using other = await openReplica(house, otherClient)
    const owner = { person: { tenantId: house.tenant.tenantId, objectId: 'somebody' }, path: '/refunds' }
    const id = await house.services.drafts.keep(owner, [['amount', '12']])
    expect(await other.services.drafts.look(owner, id)).toBeUndefined()
    expect(await house.services.drafts.look(owner, id)).toEqual([['amount', '12']])
  })
})
