import { describe, expect, test } from 'vitest'
import { openTenant } from '../open-tenant.ts'
import { callGraph, oidOf } from './kit.ts'
import { openSubscriber, subscribe } from './receiver.ts'

const { tenant, forward } = await openTenant()
const app = await openSubscriber()
const { access } = tenant.groups

describe('a notification', () => {
  test('says who came and who went, under the secret of the subscription', async () => {
    const { body } = await subscribe(tenant, app)
    tenant.assign('ben', { minutes: 30, reason: 'quarterly report' })
    tenant.end('alice')
    await expect.poll(() => app.received).toHaveLength(2)
    expect(app.received[0]).toEqual({
      changeType: 'updated',
      clientState: 'the-secret',
      resource: `Groups/${access}`,
      resourceData: {
        '@odata.type': '#Microsoft.Graph.Group',
        '@odata.id': `Groups/${access}`,
        id: access,
        organizationId: tenant.tenantId,
        'members@delta': [{ id: oidOf(tenant, 'ben') }],
      },
      subscriptionExpirationDateTime: body.expirationDateTime.replace('Z', '+00:00'),
      subscriptionId: body.id,
      tenantId: tenant.tenantId,
    })
    expect(app.received[1].resourceData['members@delta']).toEqual([
      { id: oidOf(tenant, 'alice'), '@removed': 'deleted' },
    ])
  })

  test('comes for an end that was reached, and for changes past PIM, but not for an extension', async () => {
    await subscribe(tenant, app)
    tenant.extend('alice', { minutes: 30, reason: 'more' })
    tenant.addDirectly('oskar')
    await expect.poll(() => app.received).toHaveLength(1)
    tenant.assign('ben', { minutes: 1, reason: 'a look' })
    await expect.poll(() => app.received).toHaveLength(2)
    forward({ minutes: 1 })
    await expect.poll(() => app.received).toHaveLength(3)
  })

  test('can be late by the clock', async () => {
    await subscribe(tenant, app)
    tenant.set({ notifications: { delaySeconds: 10 } })
    tenant.addDirectly('oskar')
    forward({ seconds: 9 })
    tenant.set({ notifications: {} })
    tenant.addDirectly('ben')
    await expect.poll(() => app.received).toHaveLength(1)
    expect(app.received[0].resourceData['members@delta']).toEqual([{ id: oidOf(tenant, 'ben') }])
    forward({ seconds: 1 })
    await expect.poll(() => app.received).toHaveLength(2)
  })

  test('can come twice, be lost, or carry another secret', async () => {
    await subscribe(tenant, app)
    tenant.set({ notifications: { copies: 0 } })
    tenant.addDirectly('oskar')
    tenant.set({ notifications: { copies: 2, clientState: 'guessed' } })
    tenant.addDirectly('ben')
    await expect.poll(() => app.received).toHaveLength(2)
    expect(app.received).toMatchObject([{ clientState: 'guessed' }, { clientState: 'guessed' }])
  })

  test('that is not acknowledged comes again later', async () => {
    await subscribe(tenant, app)
    app.behaviour.status = 500
    tenant.addDirectly('oskar')
    await expect.poll(() => app.received).toHaveLength(1)
    app.behaviour.status = 202
    // The refusal reaches the tenant a moment after it was given here: the clock goes on until the retry falls due.
    await expect
      .poll(() => {
        forward({ seconds: 10 })
        return app.received.length
      })
      .toBe(2)
  })

  test('does not come for a subscription that has run out or was deleted', async () => {
    const [gone, over] = [
      await subscribe(tenant, app),
      await subscribe(tenant, app, { expirationDateTime: '2026-03-02T12:01:00Z' }),
    ]
    await gone.at('DELETE')
    const lasting = await subscribe(tenant, app, {
      expirationDateTime: '2026-03-02T13:00:00Z',
      clientState: 'lasting',
    })
    expect([over.status, lasting.status]).toEqual([201, 201])
    forward({ minutes: 1 })
    tenant.addDirectly('oskar')
    await expect.poll(() => app.received.map(({ clientState }) => clientState)).toEqual(['lasting'])
  })

  test('of its own kind asks for a new authorization', async () => {
    await subscribe(tenant, app, { lifecycleNotificationUrl: `${app.url}/life` })
    tenant.tellLifecycle()
    await expect
      .poll(() => app.received)
      .toMatchObject([{ lifecycleEvent: 'reauthorizationRequired', clientState: 'the-secret' }])
    expect(app.received[0]).not.toHaveProperty('resource')
  })

  test.each([
    ['a new life', 'PATCH', '', { expirationDateTime: '2026-03-04T12:00:00Z' }],
    ['a new authorization', 'POST', '/reauthorize', undefined],
  ])(
    'is delivered no more when that goes unanswered, until it is answered with %s',
    async (_what, method, at, body) => {
      tenant.set({ notifications: { pauseAfterSeconds: 60 } })
      const { body: made, token } = await subscribe(tenant, app, { lifecycleNotificationUrl: `${app.url}/life` })
      tenant.tellLifecycle()
      tenant.addDirectly('oskar')
      await expect.poll(() => app.received).toHaveLength(2)
      forward({ minutes: 1 })
      tenant.removeDirectly('oskar')
      // Seen by now, and told to nobody.
      await new Promise(resolve => setTimeout(resolve, 60))
      const answer = await callGraph(tenant, `/subscriptions/${made.id}${at}`, { token, method, body })
      expect(answer.status).toBeLessThan(300)
      tenant.addDirectly('ben')
      await expect.poll(() => app.received).toHaveLength(3)
      expect(app.received[2].resourceData['members@delta']).toEqual([{ id: oidOf(tenant, 'ben') }])
    },
  )

  test('says that the subscription was removed, which it is, or that something was missed', async () => {
    await subscribe(tenant, app, { lifecycleNotificationUrl: `${app.url}/life` })
    tenant.tellLifecycle('missed')
    tenant.tellLifecycle('subscriptionRemoved')
    await expect
      .poll(() => app.received.map(({ lifecycleEvent }) => lifecycleEvent).sort())
      .toEqual(['missed', 'subscriptionRemoved'])
    expect(tenant.subscriptions.size).toBe(0)
  })

  test('can be asked for by the control surface', async () => {
    await subscribe(tenant, app, { lifecycleNotificationUrl: `${app.url}/life` })
    const tell = (event: string) =>
      fetch(`${tenant.origin}/control/lifecycle`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ event }),
      })
    expect((await tell('missed')).status).toBe(200)
    expect((await tell('renamed')).status).toBe(400)
    await expect.poll(() => app.received).toMatchObject([{ lifecycleEvent: 'missed' }])
  })
})
