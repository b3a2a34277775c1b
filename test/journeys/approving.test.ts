import { describe, expect, test } from 'vitest'
import { askedOf, openSelfService, trailOf, turnOn, until } from '../pim/house.ts'

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
  test('sees what waits: who, why, how long', async () => {
    await using scene = await asking()
    const page = (await scene.lena.get('/approvals')).text
    expect(page).toContain('Ben Okafor')
    expect(page).toContain('Refund 8841, approved by Lee')
    expect(page).toContain(`/approvals/${scene.id}`)
  })
  test('needs no access themselves for that, and gets none by it', async () => {
    await using scene = await asking()
    expect((await scene.lena.get(`/approvals/${scene.id}`)).status).toBe(200)
    expect((await scene.lena.get('/sessions')).status).toBe(403)
  })
  test('sees the person’s last times, and who else is in', async () => {
    await using scene = await asking({ settings: { MEMBERSHIP_ROSTER: 'on' } })
    const { house, lena, id } = scene
    await expect.poll(() => house.services.watch.roster()).toBeDefined()
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
  test('who comes second is told who was first', async () => {
    await using scene = await asking()
    const { house, lena, id } = scene
    house.tenant.deny(id, 'ada', 'Not today')
    await lena.post(`/approvals/${id}`, { decision: 'approve', comment: 'ok' })
    expect((await lena.get(`/approvals/${id}`)).text).toContain('Ada Nakamura')
    expect(askedOf(house)[0]?.status).toBe('Denied')
  })
  test('works with a Graph that answers the other of the two paths', async () => {
    await using scene = await asking()
    const { house, lena, id } = scene
    house.tenant.set({ approvalPath: 'steps', approvalStages: 'separate' })
    await lena.post(`/approvals/${id}`, { decision: 'approve', comment: 'ok' })
    expect(askedOf(house)[0]?.status).toBe('Provisioned')
  })
  test('is recorded before and after, with whom it was about', async () => {
    await using scene = await asking()
    const { house, lena, id } = scene
    await lena.post(`/approvals/${id}`, { decision: 'approve', comment: 'Agreed with Lee' })
    const records = (await trailOf(house)).slice(-2)
    expect(records.map(({ event }) => event)).toEqual(['approvalRequested', 'approvalCompleted'])
    expect(records[1]).toMatchObject({
      actor: { name: 'Lena Fischer' },
      person: 'Ben Okafor',
      request: id,
      reason: 'Agreed with Lee',
    })
  })
})

describe('nobody', () => {
  test('decides about themselves, whatever the policy says', async () => {
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
  test('who is no approver sees or decides a request', async () => {
    await using scene = await asking()
    const { house, id } = scene
    const oskar = await house.visitor('oskar')
    expect((await oskar.get(`/approvals/${id}`)).status).toBe(404)
    await oskar.post(`/approvals/${id}`, { decision: 'approve', comment: 'ok' })
    expect(askedOf(house)[0]?.status).toBe('PendingApproval')
    expect((await oskar.get('/approvals')).text).not.toContain('Refund')
  })
})
