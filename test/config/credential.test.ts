import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { makeCertificate } from '../support/certificate.ts'
import { faultsOf, good } from './good.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-credential-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const { ENTRA_CLIENT_SECRET: secret, ...rest } = good
const made = makeCertificate()
const pem = made.key + made.certificate
const token = file('token', 'a.b.c')
const credentialOf = (settings: Record<string, string>) => loadConfig({ ...rest, ...settings }).entra.credential

describe('the application proves itself to Entra in exactly one way', () => {
  test('a client secret', () => {
    expect(credentialOf({ ENTRA_CLIENT_SECRET: secret })).toMatchObject({ kind: 'secret', secrets: [{}] })
  })

  test('two client secrets, in their order', () => {
    const credential = credentialOf({ ENTRA_CLIENT_SECRET: 'first~0123456, second~0123456' })
    expect(credential.kind === 'secret' && credential.secrets.map(each => each.reveal())).toEqual([
      'first~0123456',
      'second~0123456',
    ])
  })

  test.each<[string, string]>([
    ['key first', pem],
    ['certificate first', made.certificate + made.key],
    ['with another certificate of the chain before it', makeCertificate({ isNewKey: true }).certificate + pem],
    ['in one line', pem.replaceAll('\n', '\\n')],
    ['with Windows line breaks', pem.replaceAll('\n', '\r\n')],
  ])('a certificate, %s', (_what, text) => {
    expect(credentialOf({ ENTRA_CLIENT_CERTIFICATE: text })).toMatchObject({
      kind: 'certificate',
      certificate: { thumbprint: expect.stringMatching(/^[\w-]{43}$/), expiresAt: Date.parse('2046-01-01T00:00:00Z') },
    })
  })

  test('a certificate in a file', () => {
    expect(credentialOf({ ENTRA_CLIENT_CERTIFICATE_FILE: file('pem', pem) }).kind).toBe('certificate')
  })

  test('the token of a workload identity', () => {
    expect(credentialOf({ ENTRA_FEDERATED_TOKEN_FILE: token })).toEqual({ kind: 'federated', file: token })
  })

  const beside = (name: string) => `is given beside ${name}: keep one of them`
  test.each<[string, Record<string, string>, [string, string][]]>([
    ['none', {}, [['ENTRA_CLIENT_SECRET', 'is required (or ENTRA_CLIENT_CERTIFICATE, or ENTRA_FEDERATED_TOKEN_FILE)']]],
    [
      'a secret and a certificate',
      { ENTRA_CLIENT_SECRET: secret, ENTRA_CLIENT_CERTIFICATE: pem },
      [['ENTRA_CLIENT_CERTIFICATE', beside('ENTRA_CLIENT_SECRET')]],
    ],
    [
      'a certificate and a token',
      { ENTRA_CLIENT_CERTIFICATE: pem, ENTRA_FEDERATED_TOKEN_FILE: token },
      [['ENTRA_FEDERATED_TOKEN_FILE', beside('ENTRA_CLIENT_CERTIFICATE')]],
    ],
    [
      'all three',
      { ENTRA_CLIENT_SECRET: secret, ENTRA_CLIENT_CERTIFICATE: pem, ENTRA_FEDERATED_TOKEN_FILE: token },
      [
        ['ENTRA_CLIENT_CERTIFICATE', beside('ENTRA_CLIENT_SECRET')],
        ['ENTRA_FEDERATED_TOKEN_FILE', beside('ENTRA_CLIENT_SECRET')],
      ],
    ],
    [
      'three secrets',
      { ENTRA_CLIENT_SECRET: [secret, secret, secret].join() },
      [['ENTRA_CLIENT_SECRET', 'must be at most 2, comma-separated']],
    ],
    [
      'a token that is not there',
      { ENTRA_FEDERATED_TOKEN_FILE: join(folder, 'nothing') },
      [['ENTRA_FEDERATED_TOKEN_FILE', 'names a file that cannot be read or is empty']],
    ],
  ])('%s: each fault is one line', (_what, settings, faults) => {
    expect(faultsOf({ ...rest, ...settings }).map(line => line.split('. Example: ')[0])).toEqual(
      faults.map(([name, wrong]) => `${name} ${wrong}`),
    )
  })
})

describe('a certificate that cannot be used is refused at the start, and no line of it is repeated', () => {
  const weak = makeCertificate({ bits: 1024 })
  const neither = 'must be a private key, not encrypted, and its certificate, both as PEM'
  test.each<[string, string, string]>([
    ['a key alone', made.key, 'holds no certificate of its private key'],
    ['a certificate alone', made.certificate, neither],
    [
      'the certificate of another key',
      makeCertificate({ isNewKey: true }).key + made.certificate,
      'holds no certificate',
    ],
    ['a short key', weak.key + weak.certificate, 'must be an RSA key of at least 2048 bits'],
    ['a key that is cut off', pem.slice(0, 400), neither],
    ['something else', 'canary', neither],
  ])('%s', (_what, text, wrong) => {
    const [line = '', ...more] = faultsOf({ ...rest, ENTRA_CLIENT_CERTIFICATE: text })
    expect([line.startsWith(`ENTRA_CLIENT_CERTIFICATE ${wrong}`), more]).toEqual([true, []])
    for (const part of text.split('\n').filter(part => part.length > 5)) expect(line).not.toContain(part)
  })
})

test('only secrets that came from files are looked at again', () => {
  const files = {
    SESSION_SECRET: '',
    SESSION_SECRET_FILE: file('session', good.SESSION_SECRET),
    ENTRA_CLIENT_SECRET_FILE: file('client', secret),
    ACCESS_GROUP_NAME_FILE: file('name', 'Payments'),
  }
  expect(loadConfig({ ...rest, ...files }).secretFiles.map(({ name }) => name)).toEqual([
    'SESSION_SECRET',
    'ENTRA_CLIENT_SECRET',
  ])
  expect(loadConfig(good).secretFiles).toEqual([])
})
