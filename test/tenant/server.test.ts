import http from 'node:http'
import { networkInterfaces } from 'node:os'
import { afterAll, afterEach, expect, test } from 'vitest'
import { startTenant } from '../../infra/tenant/start.ts'

const tenant = await startTenant()
afterEach(() => tenant.reset())
afterAll(() => tenant.close())
const metadata = `/${tenant.tenantId}/v2.0/.well-known/openid-configuration`

test('the tenant listens on the loopback address and on no other', async () => {
  expect(tenant.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  const others = Object.values(networkInterfaces()).flatMap(each => each ?? [])
  for (const { address, family } of others.filter(({ internal }) => !internal)) {
    const host = family === 'IPv6' ? `[${address}]` : address
    await expect(fetch(tenant.origin.replace('127.0.0.1', host))).rejects.toThrow()
  }
})

test('a name from elsewhere that points here gets nothing', async () => {
  const status = await new Promise(resolve => {
    http.get(tenant.origin + metadata, { headers: { host: 'rebound.example' } }, response => {
      response.resume()
      resolve(response.statusCode)
    })
  })
  expect(status).toBe(421)
})

test('while it is down every request is cut off, and the control interface brings it back', async () => {
  tenant.set({ down: true })
  await expect(fetch(tenant.origin + metadata)).rejects.toThrow()
  await fetch(`${tenant.origin}/control/reset`, { method: 'POST' })
  expect((await fetch(tenant.origin + metadata)).status).toBe(200)
})

test('an endpoint can be slow', async () => {
  tenant.set({ slow: { discovery: 150 } })
  const before = performance.now()
  await fetch(tenant.origin + metadata)
  expect(performance.now() - before).toBeGreaterThan(140)
})

test('started again on the same port it is the same tenant', async () => {
  const first = await startTenant()
  const issuer = async () => ((await (await fetch(first.origin + metadata)).json()) as { issuer: string }).issuer
  const before = await issuer()
  await first.close()
  const second = await startTenant({ port: Number(new URL(first.origin).port) })
  expect(await issuer()).toBe(before)
  expect([second.clientId, second.clientSecret]).toEqual([first.clientId, first.clientSecret])
  await second.close()
})

test('a port that is taken is an error, not a tenant somewhere else', async () => {
  await expect(startTenant({ port: Number(new URL(tenant.origin).port) })).rejects.toThrow('EADDRINUSE')
})

test('closing does not wait for kept-alive or hanging connections', async () => {
  const other = await startTenant({ switches: { tokenError: { what: 'hang' } } })
  const hanging = fetch(`${other.origin}/${other.tenantId}/oauth2/v2.0/token`, { method: 'POST' }).catch(() => 'cut')
  await fetch(other.origin + metadata)
  const before = performance.now()
  await other.close()
  expect(performance.now() - before).toBeLessThan(500)
  expect(await hanging).toBe('cut')
})

test('the stylesheet is served', async () => {
  const response = await fetch(`${tenant.origin}/tenant.css`)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/css')])
})
