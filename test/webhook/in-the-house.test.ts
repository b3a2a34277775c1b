import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '../../src/config/secret.ts'
import { signedHeaders } from '../../src/webhook/signature.ts'
import { openHouse } from '../support/house.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
type Received = { id: string; at: number; signature: string; body: string }
const received: Received[] = []
let refusals = 0
const receiver = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers
  if (refusals-- > 0) return void response.writeHead(500).end()
  const body = Buffer.concat(chunks).toString()
  received.push({ id: String(id), at: Number(at) * 1000, signature: String(signature), body })
  response.writeHead(204).end()
})
beforeAll(() => new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve)))
afterAll(() => void receiver.close())

test('what the trail keeps arrives in order, signed, with names to read and the bytes that were hashed', async () => {
  refusals = 1
  await using house = await openHouse({
    settings: {
      AUDIT_WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
      AUDIT_WEBHOOK_SECRET: secret,
    },
  })
  const { ledger } = house.services
  for (const reason of ['one', 'two', 'three'])
    await ledger.append({
      gate: 'members',
      event: 'activationRequested',
      act: reason,
      actor: { objectId: 'a', name: 'Ana Costa', username: 'ana@contoso.com' },
      reason,
    })
  const ours = () => received.map(({ body }) => JSON.parse(body)).filter(({ data }) => data.reason)
  await expect.poll(() => ours().map(({ data }) => data.reason)).toEqual(['one', 'two', 'three'])

  const kept = (await ledger.read({}, { count: 1_000 })).filter(({ record }) => record.reason)
  expect(ours().map(({ record }) => record)).toEqual(kept.map(({ bytes }) => bytes))
  expect(ours()[0]).toMatchObject({ type: 'audit.activationRequested', data: { actor: { name: 'Ana Costa' } } })
  for (const { id, at, body, signature } of received)
    expect(signature).toBe(signedHeaders({ id, at, body }, [new Secret(secret)])['webhook-signature'])
  expect(new Set(received.map(({ id }) => id)).size).toBe(received.length)
})
