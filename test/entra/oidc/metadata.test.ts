import * as client from 'openid-client'
import { describe, expect, test } from 'vitest'
import { loadMetadata } from '../../../src/entra/oidc/metadata.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'

const authority = 'https://login.example'
const issuer = `${authority}/tenant/v2.0`
const good = {
  issuer,
  authorization_endpoint: `${authority}/tenant/oauth2/v2.0/authorize`,
  token_endpoint: `${authority}/tenant/oauth2/v2.0/token`,
  jwks_uri: `${authority}/tenant/discovery/v2.0/keys`,
  end_session_endpoint: `${authority}/tenant/oauth2/v2.0/logout`,
}
type Change = Partial<Record<keyof typeof good, string | undefined>>

/** Metadata as Entra has it, with a change. */
const load = (change: Change = {}, pinned: { authority?: string; issuer?: string } = {}) =>
  loadMetadata({
    authority,
    issuer,
    clientId: 'the-client',
    ...pinned,
    options: { [client.customFetch]: async () => Response.json({ ...good, ...change }) },
  })

describe('metadata', () => {
  test('is taken where all of it is of our tenant', async () => {
    expect(await load()).toMatchObject(good)
  })
  test('needs no page on which people sign out', async () => {
    await expect(load({ end_session_endpoint: undefined })).resolves.toMatchObject({ issuer })
  })

  const endpoints = ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'end_session_endpoint'] as const
  const notOurs = new NoAnswer('metadata names another host')
  test.each(endpoints)('is not taken where its %s is at another host', async name => {
    await expect(load({ [name]: 'https://evil.example/' })).rejects.toThrow(notOurs)
  })
  test.each(endpoints)('is not taken where its %s is at a host whose name begins like ours', async name => {
    await expect(load({ [name]: `${authority}.evil.example/` })).rejects.toThrow(notOurs)
  })
  test.each(endpoints)('is not taken where its %s is no address', async name => {
    await expect(load({ [name]: 'nowhere' })).rejects.toThrow(notOurs)
  })
  test.each(endpoints.slice(0, 3))('is not taken without its %s', async name => {
    await expect(load({ [name]: undefined })).rejects.toThrow(notOurs)
  })

  // The library lets the issuer of this host differ.
  test('is not taken where it is of another tenant of Microsoft', async () => {
    const microsoft = 'https://login.microsoftonline.com'
    const loaded = load(
      { issuer: `${microsoft}/{tenantid}/v2.0` },
      { authority: microsoft, issuer: `${microsoft}/t/v2.0` },
    )
    await expect(loaded).rejects.toThrow(new NoAnswer('metadata of another issuer'))
  })

  test('that cannot be had is no answer, and says why', async () => {
    const options = { [client.customFetch]: () => Promise.reject(new Error('cut off')) }
    await expect(loadMetadata({ authority, issuer, clientId: 'the-client', options })).rejects.toMatchObject({
      name: 'NoAnswer',
      message: 'no metadata',
      cause: expect.any(Error),
    })
  })
})
