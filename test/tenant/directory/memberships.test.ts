import { describe, expect, test } from 'vitest'
import { appToken, callGraph, instancesOf, keysIn, membersOf, oidOf } from '../graph/kit.ts'
import { openTenant } from '../open-tenant.ts'
import { claimsIn, refresh, tokensOf } from '../sign-in/browser.ts'

const { tenant, forward } = await openTenant()
const { access } = tenant.groups

type Row = {
  id: string
  principalId: string
  accessId: string
  startDateTime: string | null
  endDateTime: string | null
}

async function instances(): Promise<Row[]> {
  const { body } = await callGraph(tenant, instancesOf(tenant), { token: await appToken(tenant) })
  return body.value.filter(({ accessId }: Row) => accessId === 'member')
}

async function members() {
  const { body } = await callGraph(tenant, membersOf(tenant), { token: await appToken(tenant) })
  return keysIn(tenant, body.value)
}

const instanceOf = async (key: string) => (await instances()).find(row => row.principalId === oidOf(tenant, key))

/** Where Ben shows as somebody with access. */
async function seen(first: Awaited<ReturnType<typeof tokensOf>>) {
  return {
    token: claimsIn(await refresh(tenant, first)).groups?.includes(access) ?? false,
    instances: (await instanceOf('ben')) !== undefined,
    members: (await members()).includes('ben'),
  }
}

test('tokens, instances and members follow, each after its own time, at the start and at the end', async () => {
  tenant.set({ tokenLagSeconds: 5, rosterLagSeconds: 10, membersLagSeconds: 15 })
  const first = await tokensOf(tenant, 'ben')
  tenant.assign('ben', { minutes: 10, reason: 'quarterly report' })
  const steps = [await seen(first)]
  for (let step = 0; step < 3; step += 1) {
    forward({ seconds: 5 })
    steps.push(await seen(first))
  }
  expect(steps).toEqual([
    { token: false, instances: false, members: false },
    { token: true, instances: false, members: false },
    { token: true, instances: true, members: false },
    { token: true, instances: true, members: true },
  ])
  tenant.end('ben')
  forward({ seconds: 5 })
  expect(await seen(first)).toEqual({ token: false, instances: true, members: true })
  forward({ seconds: 5 })
  expect(await seen(first)).toEqual({ token: false, instances: false, members: true })
})

describe('an extension', () => {
  test('moves the end of the same instance away, and is mailed', async () => {
    const before = await instanceOf('alice')
    tenant.extend('alice', { minutes: 30, reason: 'not done yet' })
    expect(await instanceOf('alice')).toEqual({ ...before, endDateTime: '2026-03-02T20:30:00.000Z' })
    expect(tenant.mails).toMatchObject([{ to: 'alice@contoso.example', reason: 'not done yet' }, {}])
  })

  test('shows as late as everything else', async () => {
    tenant.set({ rosterLagSeconds: 10 })
    tenant.extend('alice', { minutes: 30, reason: 'not done yet' })
    expect((await instanceOf('alice'))?.endDateTime).toBe('2026-03-02T20:00:00.000Z')
    forward({ seconds: 10 })
    expect((await instanceOf('alice'))?.endDateTime).toBe('2026-03-02T20:30:00.000Z')
  })

  test('needs an assignment with an end', () => {
    const wish = { minutes: 30, reason: 'more' }
    expect(() => tenant.extend('ben', wish)).toThrow('not in the access group')
    expect(() => tenant.extend('mona', wish)).toThrow('without an end')
    expect(() => tenant.extend('alice', { ...wish, reason: '' })).toThrow('reason')
  })
})

test('an early end hides the instance late, with the end it used to have', async () => {
  tenant.set({ rosterLagSeconds: 10 })
  const { endDateTime } = (await instanceOf('alice')) ?? {}
  tenant.end('alice')
  expect((await instanceOf('alice'))?.endDateTime).toBe(endDateTime)
})

describe('past PIM', () => {
  test('somebody added is a member without an instance and without an end', async () => {
    tenant.addDirectly('oskar')
    expect(await members()).toContain('oskar')
    expect(await instanceOf('oskar')).toBeUndefined()
    expect(claimsIn(await tokensOf(tenant, 'oskar')).groups).toEqual([access])
    expect(() => tenant.addDirectly('oskar')).toThrow('already')
    expect(() => tenant.end('oskar')).toThrow('through PIM')
  })

  test('they can be made to have an instance with neither start nor end', async () => {
    tenant.addDirectly('oskar')
    tenant.set({ directMembersInInstances: true })
    expect(await instanceOf('oskar')).toMatchObject({ startDateTime: null, endDateTime: null })
  })

  test('somebody removed is no member, though their instance stays', async () => {
    tenant.removeDirectly('alice')
    expect(await members()).not.toContain('alice')
    expect(claimsIn(await tokensOf(tenant, 'alice'))).not.toHaveProperty('groups')
    expect(await instanceOf('alice')).toMatchObject({ endDateTime: expect.any(String) })
    tenant.addDirectly('oskar')
    tenant.removeDirectly('oskar')
    expect(await members()).not.toContain('oskar')
    expect(() => tenant.removeDirectly('oskar')).toThrow('not in the access group')
  })

  test('an assignment takes over from a direct membership', async () => {
    tenant.addDirectly('oskar')
    tenant.assign('oskar', { minutes: 5, reason: 'tidying up' })
    forward({ minutes: 5 })
    expect(await members()).not.toContain('oskar')
  })
})

test('somebody put in 250 groups meets the overage from the next token on', async () => {
  const first = await tokensOf(tenant, 'alice')
  tenant.putInManyGroups('alice')
  const claims = claimsIn(await refresh(tenant, first))
  expect(claims).not.toHaveProperty('groups')
  expect(claims._claim_names).toEqual({ groups: 'src1' })
})

test('a disabled account gets no more tokens until it is enabled', async () => {
  const first = await tokensOf(tenant, 'alice')
  tenant.disable('alice')
  expect((await refresh(tenant, first)).body.error_codes).toEqual([50057])
  tenant.enable('alice')
  expect((await refresh(tenant, first)).status).toBe(200)
  expect(() => tenant.disable('nobody')).toThrow('nobody')
})

describe('from outside', () => {
  const post = (path: string, body: object) =>
    fetch(`${tenant.origin}/control${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const submit = (path: string, form: Record<string, string>) =>
    fetch(`${tenant.origin}/pim${path}`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })

  test('the control interface does all of it', async () => {
    await post('/extend', { person: 'alice', minutes: 30, reason: 'more' })
    await post('/add-directly', { person: 'oskar' })
    await post('/disable', { person: 'ben' })
    const reply = await post('/many-groups', { person: 'ada' })
    expect(await reply.json()).toMatchObject({
      graphBase: tenant.graphBase,
      memberships: expect.arrayContaining([
        { person: 'oskar', until: 'permanent' },
        { person: 'alice', until: '2026-03-02T20:30:00.000Z' },
      ]),
      switches: { disabled: ['ben'], manyGroups: ['ada'] },
      subscriptions: [],
    })
    await post('/remove-directly', { person: 'oskar' })
    await post('/enable', { person: 'ben' })
    expect(tenant.switches.disabled).toEqual([])
    expect((await post('/remove-directly', { person: 'oskar' })).status).toBe(400)
  })

  test('the administrator page does it too', async () => {
    expect((await submit('/extend', { person: 'alice', minutes: '30', reason: 'more' })).status).toBe(303)
    await submit('/add-directly', { person: 'oskar' })
    await submit('/disable', { person: 'ben' })
    const page = await (await fetch(`${tenant.origin}/pim`)).text()
    expect(page).toContain('Enable the account <span class="unseen">for Ben Okafor</span>')
    expect(page).toContain('Remove past PIM <span class="unseen">for Oskar Brandt</span>')
    await submit('/switches', {
      groupMembershipClaims: 'none',
      replicationLagSeconds: '1',
      rosterLagSeconds: '2',
      membersLagSeconds: '3',
      frontChannel: 'sid',
    })
    expect(tenant.switches).toMatchObject({ replicationLagSeconds: 1, rosterLagSeconds: 2, membersLagSeconds: 3 })
  })
})
