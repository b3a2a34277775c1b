import { describe, expect, test } from 'vitest'
import { openTenant } from '../open-tenant.ts'
import { appToken, callGraph, personToken } from './kit.ts'
import { openSubscriber, subscribe, subscriptionWish } from './receiver.ts'

const { tenant } = await openTenant()
const app = await openSubscriber()
const { access } = tenant.groups

describe('a subscription', () => {
  test('for another machine is refused without asking there', async () => {
    const { body } = await subscribe(tenant, app, { lifecycleNotificationUrl: 'https://app.example/life' })
    expect(body.error.message).toContain('this machine only')
  })

  test('is made after the app has shown that both its addresses answer', async () => {
    const expirationDateTime = '2026-03-02T13:00:00.000Z'
    const { status, body } = await subscribe(tenant, app, {
      lifecycleNotificationUrl: `${app.url}/life`,
      expirationDateTime,
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      id: expect.any(String),
      applicationId: tenant.clientId,
      clientState: 'the-secret',
      expirationDateTime,
      resource: `groups/${access}/members`,
      creatorId: null,
    })
    expect(app.handshakes).toEqual(['/hooks/graph', '/life'])
    expect(tenant.subscriptions.size).toBe(1)
  })

  test.each([
    ['echoes something else', { echo: () => 'ok' }],
    ['echoes it still encoded', { echo: (token: string) => encodeURIComponent(token) }],
    ['answers in HTML', { type: 'text/html' }],
  ])('is refused to an app that %s', async (_what, behaviour) => {
    Object.assign(app.behaviour, behaviour)
    const { status, body } = await subscribe(tenant, app)
    expect([status, body.error.code]).toEqual([400, 'ValidationError'])
    expect(tenant.subscriptions.size).toBe(0)
  })

  test.each([
    ['too long', 400, { expirationDateTime: '2026-03-31T12:01:00Z' }],
    ['as long as can be', 201, { expirationDateTime: '2026-03-31T12:00:00Z' }],
    ['over already', 400, { expirationDateTime: '2026-03-02T12:00:00Z' }],
    ['without an end', 400, { expirationDateTime: undefined }],
    ['for another machine', 400, { notificationUrl: 'https://app.example/hooks' }],
    ['of something else', 400, { resource: 'me/messages' }],
    ['of an unknown group', 404, { resource: 'groups/00000000-0000-4000-8000-000000000000/members' }],
    ['of all groups', 201, { resource: '/groups' }],
  ])('that is %s answers %d', async (_what, status, more) => {
    expect((await subscribe(tenant, app, more)).status).toBe(status)
  })

  test.each([
    ['the app', () => appToken(tenant, ['GroupMember.Read.All']), 403],
    ['a person with the scope', () => personToken(tenant, 'ben', 'Group.Read.All'), 201],
    ['a person without it', () => personToken(tenant, 'ben', 'User.Read'), 403],
  ])('needs Group.Read.All: %s', async (_who, token, status) => {
    const call = { token: await token(), method: 'POST', body: subscriptionWish(tenant, app) }
    expect((await callGraph(tenant, '/subscriptions', call)).status).toBe(status)
  })

  test('is renewed, listed, reauthorized and deleted', async () => {
    const { at, token, body } = await subscribe(tenant, app)
    const longer = await at('PATCH', { expirationDateTime: '2026-03-10T12:00:00Z' })
    expect([longer.status, longer.body.expirationDateTime]).toEqual([200, '2026-03-10T12:00:00.000Z'])
    expect((await at('PATCH', { expirationDateTime: '2027-03-10T12:00:00Z' })).status).toBe(400)
    expect((await callGraph(tenant, '/subscriptions', { token })).body.value).toHaveLength(1)
    const again = `/subscriptions/${body.id}/reauthorize`
    expect((await callGraph(tenant, again, { token, method: 'POST' })).status).toBe(204)
    expect((await at('DELETE')).status).toBe(204)
    expect((await at('GET')).status).toBe(404)
  })
})
