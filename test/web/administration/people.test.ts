import { describe, expect, test } from 'vitest'
import { oidFor } from '../../../infra/tenant/directory/people.ts'
import { gatesFile } from '../../support/gates-file.ts'
import { endAccess, openPeople, reader, rowsOf } from './at-people.ts'

const eligibilities = 'PrivilegedEligibilitySchedule.Read.AzureADGroup'
const [alice, ben] = [oidFor('alice'), oidFor('ben')]

test('a row says who is in, since when, until when, why, how, and what they do here', async () => {
  await using house = await openPeople()
  const [ada] = [await reader(house), await house.visitor('alice')]
  const { text } = await ada.get('/people?gate=members')
  expect(text).toMatch(/As of <time datetime="2026-03-02T12:00:00.000Z">12:00:00 UTC<\/time> from Microsoft/)
  expect(rowsOf(text).find(row => row.includes('Alice'))).toBe(
    'Alice Lindqvist alice@contoso.example Payments administrators 1 Mar, 12:00 UTC (24 h ago) 20:00 UTC (in 8 h) ' +
      '“ Month-end reconciliation of payments ” turned on 1 session last seen 12:00 UTC End : Alice Lindqvist, Payments administrators',
  )
  expect(rowsOf(text).find(row => row.includes('Mona'))).toContain(
    'no end “ Keeps the payments running ” assigned by Ada',
  )
})

test('a row leads to what the person last did there', async () => {
  await using house = await openPeople()
  const { ledger } = house.services
  const wrote = { event: 'wrote', gate: 'members', page: '/refunds', method: 'POST', status: 200 } as const
  for (const [actor, gate] of [
    [alice, 'members'],
    [alice, 'operators'],
    [ben, 'members'],
  ] as const)
    await ledger.append({ ...wrote, gate, actor: { objectId: actor } } as never)
  const before = (await ledger.read({}, { count: 100 })).find(({ record }) => record.event === 'wrote')?.seq
  const { text } = await (await reader(house)).get('/people?gate=members')
  expect(rowsOf(text).find(row => row.includes('Alice'))).toContain('last act')
  expect(text.match(/href="\/trail\/\d+"/g)).toEqual([`href="/trail/${before}"`])
})

test('a member past PIM is marked, has no end that PIM could carry out, and the page says what to do', async () => {
  await using house = await openPeople()
  house.tenant.addDirectly('oskar')
  const ada = await reader(house)
  const { text } = await ada.get('/people')
  const row = rowsOf(text).find(each => each.includes('Oskar Brandt'))
  expect(row).toContain('not through PIM')
  expect(row).toContain('What to do')
  expect(row).not.toMatch(/\bEnd\b/)
  expect(text).toContain('PIM cannot take away what it did not give')
  const answer = await endAccess(ada, { person: oidFor('oskar') })
  expect(answer.headers.location).toMatch(/^\/people\?notice=/)
  expect(house.tenant.requests.filter(({ action }) => action === 'adminRemove')).toEqual([])
})

test('people are found by name, reason and gate, put in order and counted, all by the address', async () => {
  await using house = await openPeople()
  const ada = await reader(house)
  const names = async (query: string) => rowsOf((await ada.get(`/people?${query}`)).text).map(row => row.split(' ')[0])
  expect(await names('find=month-end')).toEqual(['Alice'])
  expect(await names('find=MONA')).toEqual(['Mona'])
  expect(await names('gate=administrators')).toEqual(['Ada'])
  expect(await names('gate=members&sort=person')).toEqual(['Ada', 'Alice', 'Mona'])
  expect(await names('gate=members&sort=-person')).toEqual(['Mona', 'Alice', 'Ada'])
  expect((await ada.get('/people?find=nobody')).text).toContain('Nobody is in.')
})

test('who never turned on access comes first among those who can', async () => {
  await using house = await openPeople()
  const ada = await reader(house)
  const { text } = await ada.get('/people?show=can&gate=members')
  const rows = rowsOf(text)
  expect(rows[0]).toMatch(/^Ben Okafor .* never used 0 /)
  expect(rows[1]).toMatch(/^Alice Lindqvist .* 1 Mar, 12:00 UTC .* 1 /)
  expect(rows[0]).toContain('Keep : Ben Okafor')
})

describe('a review', () => {
  test('that keeps a permission is recorded with its comment, and stands on the page', async () => {
    await using house = await openPeople()
    const ada = await reader(house)
    expect(
      (await ada.post('/people/keep', { gate: 'members', person: ben, comment: 'Still on the rota' })).status,
    ).toBe(303)
    const records = (await house.services.ledger.read({}, { count: 20 })).map(({ record }) => record)
    expect(records.filter(({ event }) => String(event).startsWith('review'))).toMatchObject([
      { event: 'reviewRequested', subject: { objectId: ben }, reason: 'Still on the rota' },
      { event: 'reviewCompleted', subject: { objectId: ben }, reason: 'Still on the rota' },
    ])
    const { text } = await ada.get('/people?show=can&gate=members')
    expect(rowsOf(text).find(row => row.startsWith('Ben'))).toContain('kept by Ada Nakamura')
  })

  test('that removes a permission has Microsoft remove it, and ends no access that is on', async () => {
    await using house = await openPeople()
    const [ada, visitor] = [await reader(house), await house.visitor('alice')]
    const answer = await ada.post('/people/remove', {
      gate: 'members',
      person: alice,
      comment: 'Left the rota',
      form: '',
    })
    expect((await ada.follow(answer.headers.location as string)).text).toContain(
      'Alice Lindqvist can no longer turn on access.',
    )
    expect(house.tenant.requests.at(-1)).toMatchObject({ about: 'eligibility', action: 'adminRemove' })
    expect((await visitor.get('/sessions')).status).toBe(200)
  })
})

describe('an auditor', () => {
  test('sees who is in without any act, and can do none', async () => {
    await using house = await openPeople()
    house.tenant.set({
      appPermissions: [...house.tenant.applications.permittedTo(house.tenant.clientId).application, eligibilities],
    })
    house.tenant.assign('lena', { minutes: 600, reason: 'Audit of March', group: 'auditors' })
    const lena = await reader(house, 'lena')
    for (const list of ['on', 'can']) {
      const { text } = await lena.get(`/people?show=${list}`)
      expect(text).toContain('Alice Lindqvist')
      expect(text).not.toMatch(/\/people\/(end|remove|keep)/)
    }
    expect((await endAccess(lena, { person: alice })).status).toBe(403)
    expect((await lena.get(`/people/end?gate=members&person=${alice}`)).status).toBe(403)
    expect(house.tenant.requests.filter(({ action }) => action === 'adminRemove')).toEqual([])
  })

  test('is not told that nobody can turn on access where the list cannot be seen', async () => {
    await using house = await openPeople()
    house.tenant.assign('lena', { minutes: 600, reason: 'Audit of March', group: 'auditors' })
    const { text } = await (await reader(house, 'lena')).get('/people?show=can')
    expect(text).toContain('Payments administrators: we cannot see who can turn on access, because')
    expect(text).not.toContain('Nobody can turn on access')
    expect(text).toContain('This list cannot be shown whole.')
  })

  test('who may not see a list at Microsoft is told what is missing, and sees the rest', async () => {
    await using house = await openPeople({ settings: { MEMBERSHIP_ROSTER: 'off' } })
    house.tenant.assign('lena', { minutes: 600, reason: 'Audit of March', group: 'auditors' })
    const { text } = await (await reader(house, 'lena')).get('/people')
    expect(text).toContain(
      'Payments administrators: we cannot see who has access through PIM, because Microsoft shows it to',
    )
    expect(rowsOf(text).some(row => row.startsWith('Lena'))).toBe(true)
  })
})

test('an act needs a check of at most 15 minutes ago', async () => {
  await using house = await openPeople()
  const ada = await reader(house)
  house.clock.advance({ minutes: 16 })
  const answer = await endAccess(ada, { person: alice })
  expect([answer.status, answer.headers.location ?? answer.text]).not.toEqual([303, expect.stringContaining('outcome')])
  expect(house.tenant.requests.filter(({ action }) => action === 'adminRemove')).toEqual([])
})

test.each(['alice', 'oskar'])('%s, who reads nothing here, is refused as on any path', async key => {
  await using house = await openPeople()
  const visitor = await house.visitor(key)
  for (const path of ['/people', '/people/end', '/people/outcome']) expect((await visitor.get(path)).status).toBe(403)
  expect((await endAccess(visitor, { person: alice })).status).toBe(403)
})

test('a gate of a role says whom the page shows, and whom it cannot know', async () => {
  await using house = await openPeople({
    settings: {
      ACCESS_ROLE: 'Payments.Use',
      GATES_FILE: gatesFile([{ name: 'operators', title: 'Operators', role: 'Payments.Operate' }]),
    },
  })
  const { text } = await (await reader(house)).get('/people')
  expect(text).toContain(
    'Payments administrators is opened by an app role. Shown are the people of the group that carries it',
  )
  expect(text).toContain('Operators is opened by an app role without a group here')
})
