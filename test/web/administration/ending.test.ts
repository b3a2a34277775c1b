import { expect, test } from 'vitest'
import { managedGroups } from '../../../infra/tenant/directory/managed.ts'
import { oidFor } from '../../../infra/tenant/directory/people.ts'
import { gatesFile } from '../../support/gates-file.ts'
import { openReplica } from '../../support/replica.ts'
import { someoneIn } from '../../support/self-service.ts'
import { threeGatesPages } from '../../support/three-gates.ts'
import { wayOn } from '../../support/visitor.ts'
import { endAccess, openPeople, reader, rowsOf } from './at-people.ts'

const alice = oidFor('alice')

test('an end closes the gate in all sessions of the person at once, on every replica, and says who ended it and why', async () => {
  await using house = await openPeople()
  await using other = await openReplica(house)
  const ada = await reader(house)
  const [laptop, phone] = [await house.visitor('alice'), await house.visitor('alice')]
  expect((await laptop.get('/sessions')).status).toBe(200)
  expect((await phone.get(other.at('/sessions'))).status).toBe(200)

  expect((await endAccess(ada, { person: alice })).status).toBe(303)
  for (const page of [laptop.get('/sessions'), phone.get(other.at('/sessions'))]) {
    const refused = await page
    expect(refused.status).toBe(403)
    expect(refused.text).toMatch(/Ada Nakamura<\/bdi> ended your access at.*“<bdi>The refund is paid<\/bdi>”/s)
  }
  expect(house.tenant.requests.at(-1)).toMatchObject({ action: 'adminRemove', status: 'Revoked' })
})

test('other gates of the person stay open', async () => {
  await using house = await openPeople({
    pages: threeGatesPages,
    settings: {
      GATES_FILE: gatesFile([{ name: 'operators', title: 'Operators', group: managedGroups.operators }]),
    },
  })
  house.tenant.assign('alice', { minutes: 60, reason: 'Refund 8841', group: 'operators' })
  house.clock.advance({ minutes: 6 })
  const ada = await reader(house)
  const visitor = await house.visitor('alice')
  expect((await visitor.get('/refunds')).status).toBe(200)
  await endAccess(ada, { person: alice, gate: 'operators' })
  expect((await visitor.get('/refunds')).status).toBe(403)
  expect((await visitor.get('/sessions')).status).toBe(200)
})

test('in its first five minutes Microsoft refuses to end access: here it is ended, and stays so', async () => {
  await using house = await openPeople()
  house.tenant.assign('ben', { minutes: 60, reason: 'Refund 8841', how: 'activated' })
  const ada = await reader(house)
  const ben = await house.visitor('ben')
  expect((await ben.get('/sessions')).status).toBe(200)
  const answer = await endAccess(ada, { person: oidFor('ben') })
  const told = await ada.follow(answer.headers.location as string)
  expect(told.text).toMatch(/The access of Ben Okafor has ended here\.<.*Microsoft did not do it\./s)
  expect(rowsOf(told.text).find(row => row.includes('Ben Okafor'))).toContain('ended here at 12:00 UTC by Ada Nakamura')

  expect((await ben.get('/sessions')).status).toBe(403)
  house.clock.advance({ minutes: 20 })
  const refused = await ben.get('/sessions')
  expect(refused.status).toBe(403)
  expect(refused.text).toContain('Microsoft is still taking it away')
  // A new sign-in is no way around.
  const other = await house.visitor('ben')
  expect((await other.get('/sessions')).status).toBe(403)
})

test('sent once more after five minutes it ends at Microsoft too, and the person may turn it on anew', async () => {
  await using house = await openPeople()
  house.tenant.assign('ben', { minutes: 60, reason: 'Refund 8841', how: 'activated' })
  const ada = await reader(house)
  const ben = await house.visitor('ben')
  await endAccess(ada, { person: oidFor('ben') })
  house.clock.advance({ minutes: 6 })
  await endAccess(ada, { person: oidFor('ben') })
  expect(house.tenant.requests.at(-1)).toMatchObject({ action: 'adminRemove', status: 'Revoked' })
  house.clock.advance({ minutes: 1 })
  house.tenant.assign('ben', { minutes: 60, reason: 'Refund 8842', how: 'activated' })
  house.clock.advance({ seconds: 30 })
  expect((await ben.get('/sessions')).status).toBe(200)
})

test('an end without a comment is not sent, and the page says what is missing', async () => {
  await using house = await openPeople()
  const ada = await reader(house)
  const answer = await endAccess(ada, { person: alice, comment: ' ' })
  expect(answer.status).toBe(422)
  expect(answer.text).toContain('Say why')
  expect(house.tenant.requests.filter(({ action }) => action === 'adminRemove')).toEqual([])
})

test('an end is recorded before and after, with who was ended, by whom and why', async () => {
  await using house = await openPeople()
  const ada = await reader(house)
  await endAccess(ada, { person: alice })
  const records = (await house.services.ledger.read({}, { count: 20 })).map(({ record }) => record)
  const removals = records.filter(({ event }) => String(event).startsWith('removal'))
  expect(removals.map(({ event }) => event)).toEqual(['removalRequested', 'removalCompleted'])
  expect(removals[1]).toMatchObject({
    gate: 'members',
    kind: 'active',
    actor: { name: 'Ada Nakamura' },
    subject: { objectId: alice, name: 'Alice Lindqvist' },
    reason: 'The refund is paid',
  })
})

test('an extension that was granted does not bring back what was ended', async () => {
  await using house = await openPeople()
  const ben = await someoneIn(house, 'ben', { minutes: '30' })
  house.clock.advance({ minutes: 6 })
  const ada = await reader(house)
  await ben.follow(wayOn(await ben.post('/access/extend', { minutes: '30' })) as string)
  house.clock.advance({ seconds: 5 })
  const { text } = await ada.get('/people?new=1')
  expect(rowsOf(text).find(row => row.includes('Ben Okafor'))).toContain('extended')
  await endAccess(ada, { person: oidFor('ben') })
  expect(house.tenant.requests.filter(({ status }) => status === 'Canceled')).toHaveLength(1)
  house.clock.advance({ minutes: 30 })
  expect((await ben.get('/sessions')).status).toBe(403)
})

test('where nobody turns on access here, an end holds all the same, and the page says who gave it and why', async () => {
  await using house = await openPeople({ settings: { PIM_SELF_SERVICE: 'off' } })
  house.tenant.assign('ben', { minutes: 60, reason: 'Refund 8841', how: 'activated' })
  const [ada, visitor] = [await reader(house), await house.visitor('ben')]
  await endAccess(ada, { person: oidFor('ben') })
  house.clock.advance({ minutes: 4 })
  for (const browser of [visitor, await house.visitor('ben')]) {
    const refused = await browser.get('/sessions')
    expect(refused.status).toBe(403)
    expect(refused.text).toMatch(/Ada Nakamura<\/bdi> ended your access: “<bdi>The refund is paid<\/bdi>”/)
  }
})

test('a page that was left open ends access again that was turned on since, and does not show the first end for it', async () => {
  await using house = await openPeople()
  const ada = await reader(house)
  const form = { gate: 'members', person: alice, comment: 'The refund is paid', form: 'A'.repeat(22) }
  const removals = () => house.tenant.requests.filter(({ action }) => action === 'adminRemove').length
  const first = await ada.post('/people/end', form)
  expect([(await ada.post('/people/end', form)).status, removals()]).toEqual([303, 1])
  house.clock.advance({ minutes: 4 })
  house.tenant.assign('alice', { minutes: 60, reason: 'Refund 8842', how: 'activated' })
  house.clock.advance({ minutes: 6 })
  const again = await ada.post('/people/end', form)
  expect(again.headers.location).not.toBe(first.headers.location)
  expect(removals()).toBe(2)
})

test.each([
  ['was recorded', 'at the record', 'Nothing was sent to Microsoft yet'],
  ['ended anything here', 'after the record', 'It is not known yet what Microsoft did'],
])('where Redis goes away before an end %s, nobody is told that access has ended', async (_, when, more) => {
  await using house = await openPeople()
  const [ada, visitor] = [await reader(house), await house.visitor('alice')]
  const redis = house.services.redis as unknown as { eval: (script: string, ...given: unknown[]) => Promise<unknown> }
  const answering = redis.eval.bind(redis)
  let isRecorded = false
  redis.eval = (script, ...given) => {
    const isAway = when === 'at the record' ? script.includes('xadd') : isRecorded
    isRecorded ||= given.some(each => String(each).includes('removalRequested'))
    return isAway ? Promise.reject(new Error('Connection is closed.')) : answering(script, ...given)
  }
  const sent = await endAccess(ada, { person: alice })
  redis.eval = answering
  house.clock.advance({ seconds: 1 })
  const told = (await ada.follow(wayOn(sent) as string)).text
  expect((await visitor.get('/sessions')).status).toBe(200)
  expect(told).toContain('The access of Alice Lindqvist has not ended here.')
  expect(told).toContain(more)
})
