import * as client from 'openid-client'
import { describe, expect, test, vi } from 'vitest'
import { createConnection } from '../../../src/entra/oidc/connection.ts'
import { createCredentials } from '../../../src/entra/oidc/credentials.ts'
import { openFakeEntra } from './fake-entra.ts'

const discovery = 'openid-configuration'

function connected(options: Parameters<typeof openFakeEntra>[0] = {}) {
  const entra = openFakeEntra(options)
  const credentials = createCredentials(entra.config.entra.credential)
  return { ...entra, credentials, connection: createConnection({ ...entra, credentials }) }
}
const refresh = (configuration: client.Configuration) => client.refreshTokenGrant(configuration, 'the-refresh-token')

test('the issuer is that of our tenant', () => {
  const { connection, issuer } = connected()
  expect(connection.issuer).toBe(issuer)
})

describe("Entra's metadata", () => {
  test('is not known before somebody needs it', () => {
    const { connection, asked } = connected()
    expect([connection.known(), asked]).toEqual([undefined, []])
  })
  test('is asked for once by many at the same time', async () => {
    const { connection, asked } = connected()
    await Promise.all([1, 2, 3].map(() => connection.open()))
    expect(asked).toEqual([discovery])
  })
  test('is kept', async () => {
    const { connection, asked } = connected()
    const first = await connection.open()
    expect(connection.known()).toBe(first)
    expect(await connection.open()).toBe(first)
    expect(asked).toEqual([discovery])
  })
  test('is asked for again where it could not be had', async () => {
    const { connection, odd } = connected()
    odd.isAway = true
    await expect(connection.open()).rejects.toMatchObject({ name: 'NoAnswer' })
    odd.isAway = false
    await expect(connection.open()).resolves.toBeDefined()
  })
  test('of a local tenant may come without TLS', async () => {
    await expect(connected({ authority: 'http://localhost:9' }).connection.open()).resolves.toBeDefined()
  })
})

describe('a configuration', () => {
  test('waits no longer than five seconds', async () => {
    expect((await connected().connection.open()).timeout).toBe(5)
  })
  test('of a local tenant asks without TLS', async () => {
    const { connection } = connected({ authority: 'http://localhost:9' })
    await expect(connection.granted(refresh)).resolves.toBeDefined()
  })
  test('of Entra itself sends nothing without TLS', async () => {
    const { connection, asked } = connected()
    const configuration = await connection.open()
    asked.length = 0
    const sent = client.fetchProtectedResource(configuration, 'a-token', new URL('http://login.example/'), 'GET')
    await expect(sent).rejects.toThrow(client.ClientError)
    expect(asked).toEqual([])
  })
  test('without a proof names the application and nothing else', async () => {
    const { connection, forms, config } = connected()
    await refresh(await connection.open())
    const { clientId } = config.entra
    expect(forms).toEqual([{ client_id: clientId, grant_type: 'refresh_token', refresh_token: 'the-refresh-token' }])
  })
  test('takes no token that is signed otherwise than we expect', async () => {
    const { connection, odd } = connected()
    odd.alg = 'PS256'
    await expect(connection.granted(refresh)).rejects.toThrow(client.ClientError)
  })
  test('takes no token whose signature does not hold', async () => {
    const { connection, odd } = connected()
    const { id_token = '' } = await connection.granted(refresh)
    odd.reply = { id_token: `${id_token.slice(0, id_token.lastIndexOf('.'))}.${'A'.repeat(342)}` }
    await expect(connection.granted(refresh)).rejects.toThrow(client.ClientError)
  })
})

describe('our clock', () => {
  const hour = 3_600_000
  test('is the one by which a token is judged', async () => {
    const { connection, pass } = connected()
    pass(100 * hour)
    await expect(connection.granted(refresh)).resolves.toBeDefined()
  })
  test('is that of the moment, not that of the first call', async () => {
    const { connection, pass } = connected()
    await connection.granted(refresh)
    pass(100 * hour)
    await expect(connection.granted(refresh)).resolves.toBeDefined()
  })
  test('says when a token is over', async () => {
    const { connection, clock, odd } = connected()
    odd.claims = { exp: Math.floor(clock().getTime() / 1000) - 40 }
    await expect(connection.granted(refresh)).rejects.toThrow(client.ClientError)
  })
  test('may be half a minute ahead of Entra', async () => {
    const { connection, clock, odd } = connected()
    odd.claims = { exp: Math.floor(clock().getTime() / 1000) - 20 }
    await expect(connection.granted(refresh)).resolves.toBeDefined()
  })
  test('makes no new configuration while it runs with that of the system', async () => {
    const { connection } = connected()
    vi.useFakeTimers({ toFake: ['Date'] })
    const first = await connection.open()
    expect(await connection.open()).toBe(first)
    vi.useRealTimers()
  })
  test('makes a new configuration when it goes another way than that of the system', async () => {
    const { connection, pass } = connected()
    const first = await connection.open()
    pass(hour)
    expect(await connection.open()).not.toBe(first)
  })
  test('asks for no keys again when it is set', async () => {
    const { connection, pass, asked } = connected()
    await connection.granted(refresh)
    pass(hour)
    await connection.granted(refresh)
    expect(asked).toEqual([discovery, 'token', 'keys', 'token'])
  })
})

describe('a proof', () => {
  const two = { ENTRA_CLIENT_SECRET: 'Xy7~first-client-secret.9Q,Xy7~other-client-secret.9Q' }
  const secretsIn = (forms: Record<string, string>[]) => forms.map(form => form.client_secret)
  const wrong = { error: 'invalid_client', error_codes: [7000215] }

  test('goes with each request for tokens', async () => {
    const { connection, forms } = connected()
    await connection.granted(refresh)
    expect(secretsIn(forms)).toEqual(['Xy7~canary-client-secret.9Q'])
  })
  test('goes with it too where the metadata was known before', async () => {
    const { connection, forms } = connected()
    await connection.open()
    await connection.granted(refresh)
    expect(secretsIn(forms)).toEqual(['Xy7~canary-client-secret.9Q'])
  })
  test('that is refused makes room for the other one', async () => {
    const { connection, forms, odd } = connected({ settings: two })
    odd.refusal = { body: wrong }
    await expect(connection.granted(refresh)).rejects.toThrow(client.ResponseBodyError)
    expect(secretsIn(forms)).toEqual(['Xy7~first-client-secret.9Q', 'Xy7~other-client-secret.9Q'])
  })
  test('is read from a refusal that comes with a challenge, too', async () => {
    const { connection, forms, odd } = connected({ settings: two })
    odd.refusal = { body: wrong, headers: { 'www-authenticate': 'Bearer error="invalid_client"' } }
    await expect(connection.granted(refresh)).rejects.toThrow(client.ResponseBodyError)
    expect(forms).toHaveLength(2)
  })
  test('stays with the configuration while somebody only needs addresses', async () => {
    const { connection } = connected()
    vi.useFakeTimers({ toFake: ['Date'] })
    const proven = await connection.granted(async configuration => configuration)
    expect(await connection.open()).toBe(proven)
    vi.useRealTimers()
  })
  test('that stays the same needs no new configuration', async () => {
    const { connection } = connected()
    vi.useFakeTimers({ toFake: ['Date'] })
    const first = await connection.granted(async configuration => configuration)
    expect(await connection.granted(async configuration => configuration)).toBe(first)
    vi.useRealTimers()
  })
  test('that is renewed goes with the next request', async () => {
    const { connection, credentials, forms } = connected()
    await connection.granted(refresh)
    credentials.renew(
      openFakeEntra({ settings: { ENTRA_CLIENT_SECRET: 'Xy7~newer-client-secret.9Q' } }).config.entra.credential,
    )
    await connection.granted(refresh)
    expect(secretsIn(forms).at(-1)).toBe('Xy7~newer-client-secret.9Q')
  })
})
