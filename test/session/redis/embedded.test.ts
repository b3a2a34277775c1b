import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { createApp } from '../../../src/app.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { createLog } from '../../../src/observability.ts'
import { createServices } from '../../../src/services.ts'
import { sessionSecret } from '../../support/house.ts'
import { createVisitor } from '../../support/visitor.ts'

/** A house without an address of a Redis, as the demo starts it where there is none. */
async function openWithoutRedis() {
  const tenant = await startTenant()
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}`
  const config = loadConfig(
    {
      BASE_URL: baseUrl,
      ENTRA_TENANT_ID: tenant.tenantId,
      ENTRA_CLIENT_ID: tenant.clientId,
      ENTRA_CLIENT_SECRET: tenant.clientSecret,
      ENTRA_AUTHORITY: tenant.origin,
      ACCESS_GROUP_ID: tenant.groups.access,
      SESSION_SECRET: sessionSecret,
    },
    { demo: true },
  )
  const services = await createServices(config, { log: createLog({ level: 'silent' }) })
  services.start()
  server.on('request', createApp(services))
  return {
    visitor: (key: string) => createVisitor({ key, baseUrl }),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      services.close()
      await tenant.close()
    },
  }
}

test('without Redis, in a demo, two people sign in, see their pages, and sign out one by one', async () => {
  await using house = await openWithoutRedis()
  const [alice, ada] = [house.visitor('alice'), house.visitor('ada')]
  expect((await alice.signIn('/')).status).toBe(200)
  expect((await ada.signIn('/sessions')).text).toContain('You are signed in here and nowhere else.')
  const cookie = alice.cookies().get('gatehouse') ?? ''

  expect((await alice.post('/auth/sign-out')).status).toBe(200)
  alice.cookies().set('gatehouse', cookie)
  expect((await alice.get('/')).status).toBe(302)
  expect((await ada.get('/')).status).toBe(200)
})

test('a person who has two sessions sees both and ends the other', async () => {
  await using house = await openWithoutRedis()
  const [desk, phone] = [house.visitor('alice'), house.visitor('alice')]
  await desk.signIn('/')
  await phone.signIn('/')
  expect((await desk.get('/sessions')).text.match(/class="card session"/g)).toHaveLength(2)
  await desk.post('/sessions/end', { which: 'others' })
  expect((await phone.get('/')).status).toBe(302)
  expect((await desk.get('/')).status).toBe(200)
})
