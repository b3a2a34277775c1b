import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/config/load.ts'
import { Secret } from '../../../src/config/secret.ts'
import { createLog } from '../../../src/observability.ts'
import { createServices } from '../../../src/services.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { type House, openHouse } from '../../support/house.ts'
import { eventsIn } from '../../support/stored.ts'
import { testInNew } from '../../support/test-in.ts'

const secretOf = (value: string) => new Secret(value)
const second = 'newer-client-secret~0123456789'
const start = '2026-03-02T12:00:00Z'
const inDays = (days: number) => new Date(Date.parse(start) + days * 24 * 3_600_000)

describe('where Graph may be read', () => {
  const test = testInNew({ now: start })
  test.beforeEach(({ house }) => house.tenant.set({ appPermissions: ['Application.Read.All'] }))
  const warnings = (house: House) =>
    eventsIn(house.logged, 'credential-expires').map(({ level, kind, position, days }) => ({
      level,
      kind,
      position,
      days,
    }))

  test.for<[number, number[]]>([
    [400, []],
    [31, []],
    [30, [30]],
    [29.5, [29]],
    [1, [1]],
  ])('a secret that runs out in %s days is warned about: %j', async ([days, expected], { house }) => {
    house.tenant.credentials.addSecret(house.tenant.clientSecret, inDays(days))
    await house.services.expiry.look()
    expect(warnings(house)).toEqual(expected.map(left => ({ level: 40, kind: 'secret', position: 1, days: left })))
    expect(house.services.expiry.expiries()).toEqual([
      { kind: 'secret', position: 1, expiresAt: inDays(days).getTime() },
    ])
  })

  test('one that has run out is said to have', async ({ house }) => {
    house.tenant.credentials.addSecret(house.tenant.clientSecret, inDays(-1))
    house.tenant.credentials.addSecret(second)
    house.services.credentials.renew({
      kind: 'secret',
      secrets: [secretOf(second), secretOf(house.tenant.clientSecret)],
    })
    await house.services.expiry.look()
    expect(eventsIn(house.logged, 'credential-expired')).toMatchObject([{ kind: 'secret', position: 2, days: -1 }])
    expect(warnings(house)).toEqual([])
  })

  test('the next look is a day later, and warns again', async ({ house }) => {
    house.tenant.credentials.addSecret(house.tenant.clientSecret, inDays(10))
    for (const left of [10, 9]) {
      expect(await house.services.expiry.look()).toBe(24 * 3_600_000)
      expect(warnings(house).at(-1)).toMatchObject({ days: left })
      house.clock.advance({ hours: 24 })
    }
  })

  test('no part of a secret is in the log', async ({ house }) => {
    house.tenant.credentials.addSecret(house.tenant.clientSecret, inDays(10))
    await house.services.expiry.look()
    expect(house.logged.join('\n')).not.toContain(`"${house.tenant.clientSecret.slice(0, 3)}`)
  })

  test('of a credential that was changed nothing is told, until Graph was asked about the new one', async ({
    house,
  }) => {
    house.tenant.credentials.addSecret(house.tenant.clientSecret, inDays(10))
    house.tenant.credentials.addSecret(second, inDays(500))
    await house.services.expiry.look()
    house.services.credentials.renew({ kind: 'secret', secrets: [secretOf(second)] })
    expect(house.services.expiry.expiries()).toEqual([])
    await house.services.expiry.look()
    expect(house.services.expiry.expiries()).toMatchObject([{ expiresAt: inDays(500).getTime() }])
  })

  test('a new secret in its file is asked about at once, not a day later', async ({ house }) => {
    house.tenant.credentials.addSecret(second, inDays(500))
    const file = join(mkdtempSync(join(tmpdir(), 'gatehouse-expiry-')), 'secret')
    writeFileSync(file, house.tenant.clientSecret)
    const settings = { ...house.environment, ENTRA_CLIENT_SECRET: '', ENTRA_CLIENT_SECRET_FILE: file }
    await using services = await servicesOf(house, settings)
    writeFileSync(file, second)
    await expect
      .poll(() => services.expiry.expiries(), { timeout: 10_000 })
      .toMatchObject([{ expiresAt: inDays(500).getTime() }])
  })

  test('what is known stays known while Graph does not answer', async ({ house }) => {
    house.tenant.credentials.addSecret(house.tenant.clientSecret, inDays(10))
    await house.services.expiry.look()
    house.tenant.set({ graphError: { what: '503' } })
    await house.services.expiry.look()
    expect(house.services.expiry.expiries()).toMatchObject([{ expiresAt: inDays(10).getTime() }])
  })

  test('when Graph does not answer it is asked again soon', async ({ house }) => {
    house.tenant.set({ graphError: { what: '503' } })
    expect(await house.services.expiry.look()).toBe(10 * 60_000)
    expect(eventsIn(house.logged, 'credential-expiry-unanswered')).toHaveLength(1)
  })
})

/** The services of another replica of the house. */
async function servicesOf(house: House, environment: Record<string, string>) {
  const log = createLog({ level: 'silent' })
  const services = await createServices(loadConfig(environment), { clock: house.clock.read, log })
  services.start()
  return Object.assign(services, { [Symbol.asyncDispose]: async () => services.close() })
}

test('where it may not be read, that is said once, and all goes on', async () => {
  await using closed = await openHouse({ now: start })
  for (const _each of [1, 2]) expect(await closed.services.expiry.look()).toBe(24 * 3_600_000)
  expect(eventsIn(closed.logged, 'credential-expiry-unknown')).toMatchObject([
    { level: 30, needs: 'Application.Read.All' },
  ])
  expect(closed.services.expiry.expiries()).toEqual([])
  expect((await (await closed.visitor('alice')).get('/')).status).toBe(200)
})

test('a certificate says itself when it runs out, and Graph is not asked', async () => {
  const made = makeCertificate({ until: inDays(12) })
  const settings = { ENTRA_CLIENT_SECRET: '', ENTRA_CLIENT_CERTIFICATE: made.key + made.certificate }
  await using signed = await openHouse({ now: start, settings })
  await signed.services.expiry.look()
  expect(eventsIn(signed.logged, 'credential-expires')).toMatchObject([{ kind: 'certificate', position: 1, days: 12 }])
  expect(signed.tenant.calls.graph.applications + signed.tenant.calls.tokenClient).toBe(0)
})
