import { describe, expect } from 'vitest'
import { exampleWish } from '../../../infra/azure/wish/example.ts'
import { startRedis } from '../../support/machine.ts'
import { openOver } from '../../support/redis/own-redis.ts'
import { testIn } from '../../support/test-in.ts'
import { doctored, envText } from './doctoring.ts'

const second = 'second-secret-of-the-app~9Q'
const test = testIn(async () =>
  openOver(await startRedis({ args: ['--appendonly', 'yes'] }), {
    settings: { SESSION_SECRET: 'kU8xJqv2mZt5RrWnYb1cLdPz7HfGsA3eQoXi9VwTyNuK' },
  }),
)
type Settings = Record<string, string>
const wrongIn = (findings: readonly { check: string; verdict: string }[]) =>
  findings.filter(({ verdict }) => verdict === 'wrong').map(({ check }) => check)
const files = (environment: Settings, more: Settings = {}) => ({
  files: { '.env': envText({ ...environment, ...more }) },
})
const args = ['--env-file', '.env', '--json']

describe('the application’s own way to Entra', () => {
  test('an expired secret beside one that works is told by its place', async ({ house }) => {
    house.tenant.credentials.addSecret(second, new Date(Date.now() - 86_400_000))
    const both = `${house.tenant.clientSecret},${second}`
    const { findings, found } = await doctored(args, files(house.environment, { ENTRA_CLIENT_SECRET: both }))
    expect(wrongIn(findings())).toEqual(['sign-in-with-credential'])
    expect(found('sign-in-with-credential').what).toBe('The client secret in place 2 has expired (AADSTS7000222).')
    house.tenant.credentials.removeSecret(second)
  })

  test('a wrong secret is told as such', async ({ house }) => {
    const { found } = await doctored(args, files(house.environment, { ENTRA_CLIENT_SECRET: 'wrong-0123456789' }))
    expect(found('sign-in-with-credential')).toMatchObject({
      verdict: 'wrong',
      what: expect.stringContaining('7000215'),
    })
  })

  test('a tenant that is not there is told by its id', async ({ house }) => {
    const other = '99999999-9999-4999-8999-999999999999'
    const { found } = await doctored(args, files(house.environment, { ENTRA_TENANT_ID: other }))
    expect(found('settings-ids').verdict).not.toBe('right')
    expect(found('sign-in-with-credential').verdict).not.toBe('right')
  })

  test('a redirect URI that is not registered is told without any permission', async ({ house }) => {
    const { found } = await doctored(args, files(house.environment, { BASE_URL: 'https://gatehouse.invalid' }))
    expect(found('settings-redirect')).toMatchObject({
      verdict: 'wrong',
      what: expect.stringContaining('/auth/callback'),
    })
  })

  test('a clock that is ahead is told in seconds', async ({ house }) => {
    const clock = () => new Date(Date.now() + 45_000)
    const { found } = await doctored(args, { ...files(house.environment), clock })
    expect(found('clock')).toMatchObject({ verdict: 'wrong', what: expect.stringMatching(/4[456] seconds ahead/) })
  })
})

describe('with tenant.json', () => {
  const example = JSON.stringify(exampleWish(new Date()))

  test('what it names and the tenant does not have is told by its names', async ({ house }) => {
    const wish = JSON.stringify({ ...JSON.parse(example), tenant: house.tenant.tenantId })
    const { found, code } = await doctored([`--local=${house.tenant.origin}`, '--json'], {
      files: { 'tenant.json': wish },
    })
    expect(code).toBe(1)
    expect(found('named-objects')).toMatchObject({ verdict: 'wrong', what: expect.stringContaining('There is no') })
    expect(found('settings-valid')).toMatchObject({ verdict: 'cannot-tell', what: 'No settings were given.' })
  })

  test('a token on standard input is used in place of the application’s own', async ({ house }) => {
    const token = house.tenant.operatorToken()
    const around = { ...files(house.environment), input: `${token}\n` }
    const { found } = await doctored([...args, '--token', '-'], around)
    expect(found('single-tenant').verdict).toBe('right')
  })
})
