import { describe, expect, test } from 'vitest'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { errorFields } from '../../../src/observability.ts'
import { graphThat, type Reply, thrownBy } from './fake-graph.ts'

async function refusal(reply: Reply): Promise<GraphRefusal> {
  const { graph } = graphThat(() => ({ status: 400, ...reply }))
  const thrown = await thrownBy(graph.call('/anything', 'a-token'))
  if (!(thrown instanceof GraphRefusal)) throw new Error(`not a refusal: ${thrown}`)
  return thrown
}

const plain = (code: string, message: string) => ({
  error: { code, message, innerError: { date: '2026-09-01T08:00:00', 'request-id': 'inner-id' } },
})
const wrapped = (code: string, message: string) =>
  plain('UnknownError', JSON.stringify({ errorCode: code, message, instanceAnnotations: [] }))
const envelopes = { plain, wrapped }

const acrs = '{"access_token":{"acrs":{"essential":true, "value":"c1"}}}'
const acrsWritten = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
const stepUp = 'RoleAssignmentRequestAcrsValidationFailed'

for (const [name, envelope] of Object.entries(envelopes))
  describe(`in the ${name} envelope`, () => {
    test('the code is PIM’s own', async () => {
      const { code, status } = await refusal({ body: envelope('RoleAssignmentExists', 'The Role assignment exists.') })
      expect({ code, status }).toEqual({ code: 'RoleAssignmentExists', status: 400 })
    })

    test('the claims are read out of the message', async () => {
      const { claims } = await refusal({ body: envelope(stepUp, `&claims=${encodeURIComponent(acrs)}`) })
      expect(claims).toBe(acrsWritten)
    })

    test.each([
      ['a list', 'The following policy rules failed: ["ExpirationRule","JustificationRule"]'],
      ['words', 'The following policy rules failed: ExpirationRule - too long / JustificationRule - is required'],
    ])('the rules that failed are read, when named as %s', async (_, message) => {
      const { rules } = await refusal({ body: envelope('RoleAssignmentRequestPolicyValidationFailed', message) })
      expect(rules).toEqual(['ExpirationRule', 'JustificationRule'])
    })

    test('a rule that nobody knows yet is kept', async () => {
      const { rules } = await refusal({ body: envelope('RoleAssignment', 'Failed: ["MoonPhaseRule","MfaRule"]') })
      expect(rules).toEqual(['MoonPhaseRule', 'MfaRule'])
    })
  })

describe('claims in the message', () => {
  const inMessage = async (message: string) => (await refusal({ body: plain(stepUp, message) })).claims
  const encoded = encodeURIComponent(acrs)
  const long = (length: number) => JSON.stringify({ access_token: { acrs: { value: 'c'.repeat(length) } } })

  test.each<[string, string]>([
    ['end at the next parameter', `&claims=${encoded}&other=1`],
    ['may come first', `claims=${encoded}`],
    ['may follow a question mark', `?claims=${encoded}`],
    ['may follow words', `Authentication is needed: claims=${encoded}`],
    ['may have blanks written as plus', `&claims=${encoded.replaceAll('%20', '+')}`],
    ['may have lower-case escapes', `&claims=${encoded.replace(/%../g, part => part.toLowerCase())}`],
    ['may not be encoded at all', `&claims=${acrs}`],
  ])('%s', async (_, message) => expect(await inMessage(message)).toBe(acrsWritten))

  test.each<[string, string]>([
    ['what is no JSON', '&claims=%7B%22access_token'],
    ['a broken escape', '&claims=%7B%2'],
    ['an array', '&claims=%5B%5D'],
    ['null', '&claims=null'],
    ['an object without access_token', `&claims=${encodeURIComponent('{"id_token":{}}')}`],
    ['an access_token that is text', `&claims=${encodeURIComponent('{"access_token":"c1"}')}`],
    ['an access_token that is a list', `&claims=${encodeURIComponent('{"access_token":[]}')}`],
    ['more than 2,000 characters', `&claims=${encodeURIComponent(long(2_000))}`],
    ['a name that only ends in claims', `&noclaims=${encoded}`],
    ['nothing', '&claims='],
  ])('are not read from %s', async (_, message) => expect(await inMessage(message)).toBeUndefined())

  test('are never passed on as they came', async () => {
    const claims = await inMessage(`&claims=${encodeURIComponent('{ "access_token" : { "a" : "\\u0041" } }')}`)
    expect(claims).toBe('{"access_token":{"a":"A"}}')
  })
})

describe('claims in the header', () => {
  const nbf = '{"access_token":{"nbf":{"essential":true,"value":"1726258122"}, "x":"ü?>"}}'
  const standard = Buffer.from(nbf).toString('base64')
  const urlSafe = Buffer.from(nbf).toString('base64url')
  const body = plain('InvalidAuthenticationToken', 'Continuous access evaluation resulted in challenge')
  const inHeader = async (header: string) =>
    (await refusal({ status: 401, headers: { 'WWW-Authenticate': header }, body })).claims
  const written = JSON.stringify(JSON.parse(nbf))

  test('the two alphabets differ in this example', () => expect(standard).not.toBe(urlSafe))

  test.each<[string, string]>([
    ['in base64', `Bearer realm="", error="insufficient_claims", claims="${standard}"`],
    ['in base64url', `Bearer realm="", error="insufficient_claims", claims="${urlSafe}"`],
    ['before the error', `Bearer claims="${standard}", realm="", error="insufficient_claims"`],
    ['in other case', `bearer Claims="${standard}", Error="insufficient_claims"`],
    ['without blanks', `Bearer error="insufficient_claims",claims="${standard}"`],
    ['without quotes', `Bearer error=insufficient_claims, claims=${urlSafe}`],
    [
      'behind a text with commas and quotes',
      `Bearer error_description="Oh, claims=\\"no\\", Bearer", error="insufficient_claims", claims="${standard}"`,
    ],
    [
      'behind a PoP challenge',
      `PoP realm="", error="invalid_token", nonce="a,b", Bearer realm="", error="insufficient_claims", claims="${standard}"`,
    ],
    [
      'before another challenge',
      `Bearer error="insufficient_claims", claims="${standard}", PoP realm="", error="invalid_token", claims="e30="`,
    ],
  ])('are read %s', async (_, header) => expect(await inHeader(header)).toBe(written))

  test.each<[string, string]>([
    ['another error', `Bearer error="invalid_token", claims="${standard}"`],
    ['another scheme', `PoP error="insufficient_claims", claims="${standard}"`],
    ['a text', `Bearer error="insufficient_claims", error_description="claims=${standard}"`],
    ['what is no base64 of JSON', 'Bearer error="insufficient_claims", claims="not claims"'],
    ['no challenge', ''],
  ])('are not read from %s', async (_, header) => expect(await inHeader(header)).toBeUndefined())
})

describe('an answer that says little', () => {
  test.each<[string, unknown]>([
    ['nothing', ''],
    ['a page', '<html>no</html>'],
    ['a list', []],
    ['null', 'null'],
    ['a code that is no text', { error: { code: 7, message: 'x' } }],
    ['a code that is a sentence', { error: { code: 'Ana Costa may not', message: 'x' } }],
    ['an error that is text', { error: 'no' }],
  ])('is known by its status: %s', async (_, body) => {
    const { code, status } = await refusal({ status: 403, body })
    expect({ code, status }).toEqual({ code: 'status 403', status: 403 })
  })

  test('keeps the plain code when the inner one is unusable', async () => {
    expect((await refusal({ body: plain('BadRequest', '{"errorCode":7,"message":"x"}') })).code).toBe('BadRequest')
  })
})

test('the code is read without ids beside it', async () => {
  expect(await refusal({ body: { error: { code: 'BadRequest' } } })).toMatchObject({ code: 'BadRequest' })
})

describe('the request id', () => {
  const error = plain('BadRequest', 'no')
  test('is the header’s', async () =>
    expect((await refusal({ headers: { 'request-id': 'header-id' }, body: error })).requestId).toBe('header-id'))
  test('is else the body’s', async () => expect((await refusal({ body: error })).requestId).toBe('inner-id'))
  test('is none where it could be anything', async () =>
    expect((await refusal({ headers: { 'request-id': 'a b' }, body: {} })).requestId).toBeUndefined())
})

test('nothing that Graph said of a person reaches the message, the stack or the log', async () => {
  const secret = 'ana@contoso.example'
  const thrown = await refusal({
    body: wrapped('SubjectNotFound', `${secret} &claims=${encodeURIComponent(`{"access_token":{"a":"${secret}"}}`)}`),
  })
  expect(`${thrown.message} ${thrown.stack} ${JSON.stringify(errorFields(thrown))}`).not.toContain(secret)
})

test('an answer that Graph cannot give now is no refusal', async () => {
  const { graph } = graphThat(() => ({ status: 503, body: plain('ServiceUnavailable', 'later') }))
  expect(await thrownBy(graph.call('/anything', 'a-token'))).toBeInstanceOf(NoAnswer)
})

test('each call carries an id of its own, to be found by at Microsoft', async () => {
  const { graph, sent } = graphThat(() => ({ body: {} }))
  await graph.call('/one', 'a-token')
  await graph.call('/two', 'a-token')
  const ids = sent.map(({ headers }) => headers.get('client-request-id') ?? '')
  expect(ids.map(id => /^[0-9a-f-]{36}$/.test(id))).toEqual([true, true])
  expect(ids[0]).not.toBe(ids[1])
})

test('a call gives up when its time is over', async () => {
  const { graph } = graphThat(() => new Promise(() => {}))
  expect(await thrownBy(graph.call('/slow', 'a-token', { limitMs: 20 }))).toBeInstanceOf(NoAnswer)
})
