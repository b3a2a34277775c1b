import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, describe, expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { clientAuthOf } from '../../../src/entra/oidc/client-auth.ts'

const server = { issuer: 'https://login.example/v2.0', token_endpoint: 'https://login.example/token' }
const clientId = '8a6f2c1d-94b7-4e53-a0d8-1b7c3e9f6a24'
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** What a request to the token endpoint carries with this proof. */
async function carried(proof: Parameters<typeof clientAuthOf>[0]): Promise<Record<string, string>> {
  const body = new URLSearchParams()
  await clientAuthOf(proof)(server, { client_id: clientId }, body, new Headers())
  return Object.fromEntries(body)
}

test('a secret is carried as it is', async () => {
  const body = await carried({ kind: 'secret', secret: new Secret('the-secret') })
  expect(body).toEqual({ client_id: clientId, client_secret: 'the-secret' })
})

describe('a certificate', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const certificate = { privateKey, thumbprint: 'the-thumbprint', expiresAt: 0 }
  const body = () => carried({ kind: 'certificate', certificate })
  const assertion = async () => (await body()).client_assertion ?? ''

  test('is carried as an assertion of the application', async () => {
    expect(await body()).toEqual({
      client_id: clientId,
      client_assertion_type: assertionType,
      client_assertion: expect.any(String),
    })
  })
  test('is named in the header as Entra documents it', async () => {
    expect(decodeProtectedHeader(await assertion())).toEqual({ alg: 'PS256', typ: 'JWT', 'x5t#S256': 'the-thumbprint' })
  })
  test('signs for the token endpoint, with its own key', async () => {
    await expect(jwtVerify(await assertion(), publicKey, { audience: server.token_endpoint })).resolves.toBeDefined()
  })
  test('proves who we are for five minutes', async () => {
    const { iat = 0, exp } = decodeJwt(await assertion())
    expect(exp).toBe(iat + 300)
  })
})

describe('the token of a workload identity', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-client-auth-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('is carried as its file has it, without the white space around it', async () => {
    const file = join(folder, 'token')
    writeFileSync(file, ' the-token\n')
    expect(await carried({ kind: 'federated', file })).toEqual({
      client_id: clientId,
      client_assertion_type: assertionType,
      client_assertion: 'the-token',
    })
  })
  test('is our fault where its file is gone', async () => {
    await expect(carried({ kind: 'federated', file: join(folder, 'gone') })).rejects.toMatchObject({
      code: 'sign-in-misconfigured',
      cause: { code: 'ENOENT' },
    })
  })
})
