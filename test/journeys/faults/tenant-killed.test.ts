import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, expect } from 'vitest'
import { freePort } from '../../../infra/demo/ports.ts'
import { openHouse } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'

const program = fileURLToPath(new URL('../../../infra/tenant/main.ts', import.meta.url))
let tenant: ChildProcess

/** The local tenant as a process of its own; resolves with its origin once it says where it is. */
async function startTenantProcess(port = '0'): Promise<string> {
  tenant = spawn(process.execPath, [program, '--port', port], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  for await (const chunk of tenant.stdout as AsyncIterable<Buffer>) {
    said += chunk
    const [, origin] = /origin\s+(http:\S+)/.exec(said) ?? []
    if (origin) return origin
  }
  throw new Error('the tenant ended before it said where it is')
}
async function killTenant() {
  const ended = once(tenant, 'exit')
  tenant.kill('SIGKILL')
  await ended
}

const test = testIn(async () => {
  const origin = await startTenantProcess(String(await freePort()))
  return openHouse({ settings: { ENTRA_AUTHORITY: origin } })
})
afterAll(() => tenant.kill('SIGKILL'))

test('kill -9 of the tenant signs nobody out, and afterwards people sign in again', async ({ house }) => {
  const alice = await house.visitor('alice')
  const halfway = await house.visitor('ada', { signIn: false })
  const { at } = await halfway.follow('/')
  const before = alice.cookieHeader()

  await killTenant()
  for (const path of ['/', '/sessions', '/']) expect((await alice.get(path)).status).toBe(200)
  expect(alice.cookieHeader()).toBe(before)
  expect((await alice.fetch('/health/ready')).status).toBe(200)
  const stuck = await halfway.get(`/auth/callback?code=whatever&state=${new URL(at).searchParams.get('state') ?? ''}`)
  expect(stuck.status).toBeGreaterThanOrEqual(400)

  await startTenantProcess(new URL(house.config.entra.authority).port)
  expect((await alice.get('/')).status).toBe(200)
  const newcomer = await house.visitor('ada', { signIn: false })
  expect((await newcomer.signIn('/sessions')).status).toBe(200)
  house.clock.advance({ minutes: 2 })
  expect((await alice.get('/')).status).toBe(200)
})
