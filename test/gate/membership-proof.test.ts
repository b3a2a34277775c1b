import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createGraph } from '../../src/entra/graph/graph.ts'
import { retryAfterMsOf } from '../../src/entra/oidc/errors.ts'
import { createMembershipProof } from '../../src/gate/membership-proof.ts'

const groupId = '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05'
const other = 'e91b3d68-0f27-4ac5-b6d4-7c3f8e2a5d19'
const now = Date.parse('2026-03-02T12:00:00Z')
const seconds = (count: number) => count * 1000
const tokens = { accessToken: 'the-person-s-own-token', idToken: '', accessTokenExpiresAt: now }

let server: Server
let answer: RequestListener
let asked: { url: string | undefined; method: string | undefined; authorization: string | undefined; body: string }[] =
  []
let proof: ReturnType<typeof createMembershipProof>

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push({ url: request.url, method: request.method, authorization: request.headers.authorization, body })
    answer(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1.0`
  proof = createMembershipProof({
    graph: createGraph({ config: { graph: { baseUrl, notifications: false } } }),
    gates: [{ name: 'members', groupId }],
  })
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

const proven = (groups: readonly string[] | 'overage') => membershipOf(proof, groups)

/** The membership of the one gate. Throws what kept anybody from telling it. */
async function membershipOf(prove: ReturnType<typeof createMembershipProof>, groups: readonly string[] | 'overage') {
  const { memberships, missing } = await prove({ groups, roles: [], tokens }, new Date(now))
  if (missing) throw missing
  return memberships.members
}
const json =
  (body: unknown, status = 200): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

describe('from the groups of a token', () => {
  test.each([
    ['the group alone', [groupId], true],
    ['the group among others', [other, groupId], true],
    ['the group in capitals', [groupId.toUpperCase()], true],
    ['no groups', [], false],
    ['another group', [other], false],
    ['a text that holds the id', [`${groupId}x`, ` ${groupId}`, `{${groupId}}`], false],
    ['the id without dashes', [groupId.replaceAll('-', '')], false],
    ['an empty text', [''], false],
  ])('%s: %j is a member: %s', async (_what, groups, member) => {
    asked = []
    expect(await proven(groups)).toEqual({ member, provenAt: now, ...(!member && { reason: 'not-in-group' }) })
    expect(asked).toEqual([])
  })
})

describe('with more groups than a token can list', () => {
  test('Graph is asked about the one group, with the token of the person', async () => {
    asked = []
    answer = json({ value: [groupId] })
    await proven('overage')
    expect(asked).toEqual([
      {
        url: '/v1.0/me/checkMemberGroups',
        method: 'POST',
        authorization: `Bearer ${tokens.accessToken}`,
        body: JSON.stringify({ groupIds: [groupId] }),
      },
    ])
  })

  test.each([
    ['the group', { value: [groupId] }, true],
    ['the group in capitals', { value: [groupId.toUpperCase()] }, true],
    ['nothing', { value: [] }, false],
    ['a group that was not asked for', { value: [other] }, false],
  ])('%s: %j is a member: %s', async (_what, body, member) => {
    answer = json(body)
    expect(await proven('overage')).toMatchObject({ member, provenAt: now })
  })

  const forbidden: [what: string, answer: RequestListener][] = [
    ['as Graph says it', json({ error: { code: 'Authorization_RequestDenied' } }, 403)],
    ['with the group in it', json({ value: [groupId] }, 403)],
  ]
  test.each(forbidden)('an answer of 403 (%s) is that we may not ask', async (_what, told) => {
    answer = told
    await expect(proven('overage')).rejects.toMatchObject({ code: 'too-many-groups' })
  })

  const nonsense: [what: string, answer: RequestListener][] = [
    ['401', json({ error: { code: 'InvalidAuthenticationToken' } }, 401)],
    ['404', json({ error: { code: 'Request_ResourceNotFound' } }, 404)],
    ['429', json({ error: { code: 'TooManyRequests' } }, 429)],
    ['500', json({ error: {} }, 500)],
    ['503 with the group in it', json({ value: [groupId] }, 503)],
    ['no list', json({ value: groupId })],
    ['a list of something else', json({ value: [{ id: groupId }] })],
    ['a list with something strange in it', json({ value: [groupId, 7] })],
    ['nothing at all', json({})],
    ['null', json(null)],
    ['a page', (_request, response) => void response.end(`<p>${groupId}</p>`)],
    [
      'half of it',
      (_request, response) => void response.writeHead(200, { 'content-length': 999 }).end(`{"value":["${groupId}"]`),
    ],
    ['no content', (_request, response) => void response.writeHead(204).end()],
    [
      'another address',
      (_request, response) => void response.writeHead(307, { location: 'http://127.0.0.1:1/elsewhere' }).end(),
    ],
    ['nothing, and the line is cut', (request, _response) => void request.socket.destroy()],
    ['silence', () => {}],
  ]
  test.concurrent.each(nonsense)('an answer of %s is no answer', async (_what, listener) => {
    await using graph = await oneAnswer(listener)
    const prove = createMembershipProof({ graph: graph.client, gates: [{ name: 'members', groupId }] })
    await expect(membershipOf(prove, 'overage')).rejects.toMatchObject({ code: 'membership-unknown' })
  })

  test('how long Graph wants to be left alone is not lost', async () => {
    answer = (_request, response) => void response.writeHead(429, { 'retry-after': '17' }).end('{}')
    const thrown = await proven('overage').catch((error: unknown) => error)
    expect(retryAfterMsOf(thrown)).toBe(seconds(17))
  })
})

/** A Graph of its own for one test: they run side by side. */
async function oneAnswer(listener: RequestListener) {
  const own = createServer(listener)
  await new Promise<void>(resolve => own.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(own.address() as AddressInfo).port}/v1.0`
  return {
    client: createGraph({ config: { graph: { baseUrl, notifications: false } } }),
    async [Symbol.asyncDispose]() {
      own.close()
      own.closeAllConnections()
    },
  }
}
