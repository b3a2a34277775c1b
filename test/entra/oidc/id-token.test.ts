import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { assertIdToken } from '../../../src/entra/oidc/id-token.ts'

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const token = (claims: object, header: object = { typ: 'JWT', alg: 'RS256' }) =>
  `${encoded(header)}.${encoded(claims)}.signature`

const accessToken = 'the-access-token'
const halfOf = (text: string, algorithm = 'sha256', bytes = 16) =>
  createHash(algorithm).update(text).digest().subarray(0, bytes).toString('base64url')
const fault = (claim: string) =>
  expect.objectContaining({ code: 'sign-in-not-proven', cause: expect.objectContaining({ code: claim }) })

describe('the hashes of an ID token', () => {
  // The example of OpenID Connect Core, appendix A.4.
  const code = 'Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk'
  test('hold for the code of the specification’s own example', () => {
    const claims = { c_hash: 'LDktKdoQak3Pk0cnXxCltA', at_hash: halfOf(accessToken) }
    expect(() => assertIdToken(token(claims), { accessToken, code })).not.toThrow()
  })
  test('may both be left out', () => {
    expect(() => assertIdToken(token({}), { accessToken, code })).not.toThrow()
  })
  test('of a code say nothing where no code was redeemed', () => {
    expect(() => assertIdToken(token({ c_hash: halfOf('another') }), { accessToken })).not.toThrow()
  })
  test.each([
    ['at_hash', halfOf('another')],
    ['at_hash', halfOf(accessToken, 'sha256', 32)],
    ['at_hash', halfOf(accessToken, 'sha512')],
    ['at_hash', `${halfOf(accessToken)}==`],
    ['at_hash', null],
    ['at_hash', {}],
    ['c_hash', halfOf('another')],
    ['c_hash', 0],
  ])('do not hold when %s is %j', (name, value) => {
    expect(() => assertIdToken(token({ [name]: value }), { accessToken, code })).toThrow(fault(name))
  })
})

describe('what kind of token it is', () => {
  test.each([undefined, 'JWT', 'jwt', 'application/jwt', 'Application/JWT'])('%j is an ID token', typ => {
    expect(() => assertIdToken(token({}, { typ }), { accessToken })).not.toThrow()
  })
  test.each([
    'at+jwt',
    'application/at+jwt',
    'AT+JWT',
    'logout+jwt',
    'dpop+jwt',
    'JWE',
    ' JWT',
    'jwt;x',
    '',
    null,
    ['JWT'],
  ])('%j is none', typ => {
    expect(() => assertIdToken(token({}, { typ }), { accessToken })).toThrow(fault('typ'))
  })
})
