import { describe, expect, test } from 'vitest'
import { askedOf, openSelfService, trailOf, turnOn, until } from '../../support/self-service.ts'

const asking = async (options: Parameters<typeof openSelfService>[0] = {}) => {
  const house = await openSelfService(options)
  house.tenant.setPolicy({ context: false, approval: { approvers: ['lena', 'ada'] } })
  const ben = await house.visitor('ben')
  const lena = await house.visitor('lena')
  await turnOn(ben, '/sessions')
  const id = askedOf(house)[0]?.id ?? ''
  return { house, ben, lena, id, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() }
}

describe('an approver', () => {
  test('sees who asks, why, and for how long', async () => {
    await using scene = await asking()
    const page = (await scene.lena.get('/approvals')).text
    expect(page).toContain('Ben Okafor')
    expect(page).toContain('Refund 8841, approved by Lee')
    expect(page).toContain(`/approvals/${scene.id}`)
  })
  test('needs no access of their own to see a request, and gets none by it', async () => {
    await using scene = await asking()
    expect((await scene.lena.get(`/approvals/${scene.id}`)).status).toBe(200)
    expect((await scene.lena.get('/sessions')).status).toBe(403)
  })
  test('shows the approver the person’s earlier requests, and who else is in', async () => {
    await using scene = await asking({ settings: { MEMBERSHIP_ROSTER: 'on' } })
    const { house, lena, id } = scene
    await expect.poll(() => house.members.news.roster()).toBeDefined()
    const page = (await lena.get(`/approvals/${id}`)).text
    expect(page).toContain('Alice Lindqvist')
  })
  test('approves, and the person is in within five seconds', async () => {
    await using scene = await asking()
    const { house, ben, lena, id } = scene
    const answer = await lena.post(`/approvals/${id}`, { decision: 'approve', comment: 'Agreed with Lee' })
    expect(answer.status).toBe(303)
    expect(await until(house, ben, 'in')).toBeLessThanOrEqual(5)
  })
  test('denies with a comment, which the person reads', async () => {
    await using scene = await asking()
    const { ben, lena, id } = scene
    await lena.post(`/approvals/${id}`, { decision: 'deny', comment: 'Use staging for this.' })
    const page = (await ben.get('/access/turning-on')).text
    expect(page).toContain('Use staging for this.')
  })
  test('is asked for a comment when they deny without one, and nothing is decided', async () => {
    await using scene = await asking()
    const { house, lena, id } = scene
    const answer = await lena.post(`/approvals/${id}`, { decision: 'deny', comment: ' ' })
    expect(answer.status).toBe(422)
    expect(askedOf(house)[0]?.status).toBe('PendingApproval')
  })
  test('is told who decided before them', async () => {
    await using scene = await asking()
    const { house, lena, id } = scene
    house.tenant.deny(id, 'ada', 'Not today')
    await lena.post(`/approvals/${id}`, { decision: 'approve', comment: 'ok' })
    expect((await lena.get(`/approvals/${id}`)).text).toContain('Ada Nakamura')
    expect(askedOf(house)[0]?.status).toBe('Denied')
  })
  test('can decide at a Graph that knows only the other of the two paths', async () => {
    await using scene = await asking()
    const { house, lena, id } = scene
    house.tenant.set({ approvalPath: 'steps', approvalStages: 'separate' })
    await lena.post(`/approvals/${id}`, { decision: 'approve', comment: 'ok' })
    expect(askedOf(house)[0]?.status).toBe('Provisioned')
  })
  test('has each decision recorded before and after, with the person whom it is about', async () => {
    await using scene = await asking()
    const { house, lena, id } = scene
    await lena.post(`/approvals/${id}`, { decision: 'approve', comment: 'Agreed with Lee' })
    const records = (await trailOf(house)).slice(-2)
    const ben = house.tenant.people.find(({ key }) => key === 'ben')
    expect(records.map(({ event }) => event)).toEqual(['approvalRequested', 'approvalCompleted'])
    expect(records[1]).toMatchObject({
      actor: { name: 'Lena Fischer' },
      person: 'Ben Okafor',
      subject: { objectId: ben?.oid, name: 'Ben Okafor', username: ben?.username },
      request: id,
      reason: 'Agreed with Lee',
    })
  })
})

describe('a decision', () => {
  test('that was taken already is not sent again', async () => {
    await using scene = await asking()
    const { house, lena, id } = scene
    await lena.post(`/approvals/${id}`, { decision: 'approve', comment: 'ok' })
    const before = await trailOf(house)
    const again = await lena.post(`/approvals/${id}`, { decision: 'deny', comment: 'no' })
    expect(again.headers.location).toBe(`/approvals/${id}`)
    expect((await lena.get(`/approvals/${id}`)).text).toMatch(/Lena Fischer<\/bdi> approved this/)
    expect(await trailOf(house)).toEqual(before)
  })
  test('without an answer is found out where the approver looks next, once', async () => {
    await using scene = await asking()
    const { house, lena, id } = scene
    house.tenant.set({ graphError: { what: 'done-but-504', where: 'approvals', method: 'PATCH', when: 'next' } })
    const answer = await lena.post(`/approvals/${id}`, { decision: 'approve', comment: 'Agreed with Lee' })
    expect(answer.status).toBe(422)
    await Promise.all([lena.get(`/approvals/${id}`), lena.get(`/approvals/${id}`)])
    await lena.get(`/approvals/${id}`)
    const events = (await trailOf(house)).map(({ event }) => event).filter(event => event.startsWith('approval'))
    expect(events).toEqual(['approvalRequested', 'approvalUnanswered', 'approvalCompleted'])
  })
  test('is not offered on a request that has lapsed', async () => {
    await using scene = await asking()
    const { house, id } = scene
    house.clock.advance({ hours: 24, minutes: 1 })
    const lena = await house.visitor('lena')
    const page = (await lena.get(`/approvals/${id}`)).text
    expect(page).toContain('Nobody answered, so it lapsed.')
    expect(page).not.toContain('value="approve"')
  })
  test('needs a comment where the rules cannot be read', async () => {
    await using scene = await asking()
    const { house, lena, id } = scene
    house.tenant.set({ policyReaders: 'administrators' })
    house.clock.advance({ minutes: 2 })
    expect((await lena.post(`/approvals/${id}`, { decision: 'approve', comment: '' })).status).toBe(422)
    expect(askedOf(house)[0]?.status).toBe('PendingApproval')
  })
  test('is made with the names of the others who are in, without the asker', async () => {
    await using scene = await asking({ settings: { MEMBERSHIP_ROSTER: 'on' } })
    const { house, lena, id } = scene
    await expect.poll(() => house.members.news.roster()).toBeDefined()
    const others = /Who else is in now<\/dt><dd>(.*?)<\/dd>/s.exec((await lena.get(`/approvals/${id}`)).text)?.[1]
    expect(others).toContain('Alice Lindqvist')
    expect(others).not.toContain('Ben Okafor')
  })
})

describe('a request', () => {
  test('is not decided by the person who asks, whatever the policy says', async () => {
    await using house = await openSelfService()
    house.tenant.setPolicy({ context: false, approval: { approvers: ['ben'] } })
    const ben = await house.visitor('ben')
    await turnOn(ben)
    const id = askedOf(house)[0]?.id ?? ''
    expect((await ben.get(`/approvals/${id}`)).text).not.toMatch(/<button[^>]*>\s*Approve/)
    await ben.post(`/approvals/${id}`, { decision: 'approve', comment: 'me' })
    expect(askedOf(house)[0]?.status).toBe('PendingApproval')
    expect(house.tenant.calls.graph.approvals).toBeLessThan(5)
  })
  test('is neither seen nor decided by a person who is no approver', async () => {
    await using scene = await asking()
    const { house, id } = scene
    const oskar = await house.visitor('oskar')
    expect((await oskar.get(`/approvals/${id}`)).status).toBe(404)
    await oskar.post(`/approvals/${id}`, { decision: 'approve', comment: 'ok' })
    expect(askedOf(house)[0]?.status).toBe('PendingApproval')
    expect((await oskar.get('/approvals')).text).not.toContain('Refund')
  })
})
