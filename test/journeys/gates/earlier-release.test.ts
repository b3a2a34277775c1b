import { describe, expect, test } from 'vitest'
import { managedGroups } from '../../../infra/tenant/directory/managed.ts'
import { scopeOf } from '../../../src/session/scope.ts'
import { releaseOfOneGate } from '../../session/stored/release-of-one-gate.ts'
import { gatesFile } from '../../support/gates-file.ts'
import type { House } from '../../support/house.ts'
import { store, storedOf } from '../../support/stored.ts'
import { openThreeGates } from '../../support/three-gates.ts'
import type { Visitor } from '../../support/visitor.ts'

/** No gate asks for a context, so that whatever leads to Entra would be a sign-in. */
const operators = { name: 'operators', title: 'Payments operators', group: managedGroups.operators }

const settings = () => ({ PIM_SELF_SERVICE: 'off', GATES_FILE: gatesFile([operators]) })

/** Puts a session in the place of a visitor's as the release of one gate left it: the facts of one group, under its mark. */
async function asEarlierReleaseLeftIt(house: House, visitor: Visitor): Promise<void> {
  const stored = await storedOf(house, visitor)
  const { app, gates } = scopeOf(house.config)
  const { read, write } = releaseOfOneGate({ app, group: gates.members as string })
  const { record } = JSON.parse(write(read(JSON.stringify(stored))))
  await store(house, visitor, JSON.stringify({ ...stored, record }))
}

describe('a session of the release before, which knew one gate', () => {
  test('goes on at members, with nobody asked', async () => {
    await using house = await openThreeGates({ settings: settings() })
    const alice = await house.visitor('alice')
    await asEarlierReleaseLeftIt(house, alice)
    const before = structuredClone(house.tenant.calls)
    expect((await alice.get('/')).status).toBe(200)
    expect(house.tenant.calls).toEqual(before)
  })

  test.each([
    ['/refunds', 'operators'],
    ['/reports', 'auditors'],
    ['/either', 'operators'],
  ] as const)('asks Entra once at its first page of another gate, without a sign-in: %s', async (path, group) => {
    await using house = await openThreeGates({ settings: settings() })
    house.tenant.assign('alice', { minutes: 60, reason: 'Refund 8841', group })
    const alice = await house.visitor('alice')
    await asEarlierReleaseLeftIt(house, alice)
    const { token, authorize } = house.tenant.calls
    for (let pages = 0; pages < 3; pages++) expect((await alice.get(path)).status).toBe(200)
    expect([house.tenant.calls.token - token, house.tenant.calls.authorize - authorize]).toEqual([1, 0])
  })

  test('asks for all other gates with that one question', async () => {
    await using house = await openThreeGates({ settings: settings() })
    const alice = await house.visitor('alice')
    await asEarlierReleaseLeftIt(house, alice)
    const { token } = house.tenant.calls
    const statuses: number[] = []
    for (const path of ['/refunds', '/reports', '/either', '/']) statuses.push((await alice.get(path)).status)
    expect([...statuses, house.tenant.calls.token - token]).toEqual([403, 403, 403, 200, 1])
  })

  test('is refused at another gate where its person is no member, and keeps the first', async () => {
    await using house = await openThreeGates({ settings: settings() })
    const alice = await house.visitor('alice')
    await asEarlierReleaseLeftIt(house, alice)
    expect((await alice.fetch('/refunds')).body).toMatchObject({ status: 403, code: 'not-a-member' })
    expect((await alice.get('/')).status).toBe(200)
  })
})
