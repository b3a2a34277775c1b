import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askOnce } from '../../../infra/azure/doctor/sight/ask-once.ts'
import { lookAtHouse } from '../../../infra/azure/doctor/sight/house.ts'
import { freePort } from '../../../infra/demo/ports.ts'
import { makeCertificate } from '../../support/certificate.ts'

const listening: Server[] = []
async function open(server: http.Server | https.Server): Promise<number> {
  listening.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
const answering: http.RequestListener = (request, response) => {
  if (request.url === '/slow') return
  response.setHeader('set-cookie', ['a=1', 'b=2'])
  response.writeHead(302, { location: `https://${request.headers.host}/` }).end('x'.repeat(200_000))
}
const withCertificate = (until: Date) => {
  const { key, certificate } = makeCertificate({ until })
  return open(https.createServer({ key, cert: certificate }, answering))
}

let plain: number
let tls: number
let expired: number
beforeAll(async () => {
  plain = await open(http.createServer(answering))
  tls = await withCertificate(new Date('2046-01-01T00:00:00Z'))
  expired = await withCertificate(new Date('2026-01-02T00:00:00Z'))
})
afterAll(() => {
  for (const server of listening) server.close()
})

test('an answer comes as it is: no redirect is followed, cookies are apart, a long body is cut', async () => {
  const { status, cookies, body, certificate } = await askOnce(`http://127.0.0.1:${plain}/`)
  expect([status, cookies, certificate]).toEqual([302, ['a=1', 'b=2'], undefined])
  expect(body.length).toBeLessThan(200_000)
})

test('another host than that of the address may be named', async () => {
  const { headers } = await askOnce(`https://127.0.0.1:${tls}/`, { headers: { host: 'other.example.com' } })
  expect(headers.location).toBe('https://other.example.com/')
})

test('a certificate that nobody vouches for is shown with its fault, and the answer still comes', async () => {
  const { status, certificate } = await askOnce(`https://localhost:${tls}/`)
  expect(status).toBe(302)
  expect(certificate).toMatchObject({ fault: 'DEPTH_ZERO_SELF_SIGNED_CERT', until: new Date('2046-01-01T00:00:00Z') })
})

test('the end of a certificate is read also where it has passed', async () => {
  const { certificate } = await askOnce(`https://localhost:${expired}/`)
  expect(certificate?.until).toEqual(new Date('2026-01-02T00:00:00Z'))
  expect(certificate?.fault).toBeDefined()
})

test('an address that is silent is given up', async () => {
  await expect(askOnce(`http://127.0.0.1:${plain}/slow`, { limitMs: 50 })).rejects.toThrow()
})

test.each([
  ['where nothing listens', async () => `http://127.0.0.1:${await freePort()}`, /nothing listens there/],
  ['of a name that leads nowhere', async () => 'https://gatehouse.invalid', /the name leads nowhere/],
  ['where no TLS is spoken', async () => `https://127.0.0.1:${plain}`, /no TLS is spoken there/],
])('an address %s is said in words', async (_what, address, says) => {
  const { home } = await lookAtHouse(await address())
  expect('unseen' in home && home.unseen).toMatch(says)
})
