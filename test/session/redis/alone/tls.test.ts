import { createServer as createPlain } from 'node:net'
import { createServer } from 'node:tls'
import { afterAll, expect, inject, test } from 'vitest'
import { speaksOtherwise } from '../../../../src/session/redis/tls.ts'
import { makeCertificate } from '../../../support/certificate.ts'
import { listening } from './listening.ts'

const host = '127.0.0.1'
const endings: (() => void)[] = []
afterAll(() => {
  for (const end of endings) end()
})

async function behindTls() {
  const { certificate, key } = makeCertificate()
  const server = createServer({ cert: certificate, key })
  let heard = 0
  server.on('secureConnection', socket => {
    socket.on('error', () => {})
    socket.on('data', () => void heard++)
  })
  server.on('tlsClientError', () => {})
  endings.push(() => server.close())
  return { port: await listening(server), heard: () => heard }
}
/** A server that answers everything with one line. */
async function answering(line: string): Promise<number> {
  const server = createPlain(socket => {
    socket.on('error', () => {})
    socket.on('data', () => socket.write(`${line}\r\n`))
  })
  endings.push(() => server.close())
  return listening(server)
}
const redisPort = () => Number(new URL(inject('redisUrl')).port)

test('a Redis without TLS speaks otherwise where TLS is expected', async () => {
  expect(await speaksOtherwise({ host, port: redisPort() }, true)).toBe(true)
})

test('a Redis that refuses us in the clear speaks otherwise where TLS is expected', async () => {
  expect(await speaksOtherwise({ host, port: await answering('-NOAUTH Authentication required.') }, true)).toBe(true)
})

test('a Redis without TLS speaks as expected where none is expected', async () => {
  expect(await speaksOtherwise({ host, port: redisPort() }, false)).toBe(false)
})

test('a server behind TLS speaks otherwise where none is expected, whoever issued its certificate', async () => {
  expect(await speaksOtherwise({ host, port: (await behindTls()).port }, false)).toBe(true)
})

test('a server behind TLS speaks as expected where TLS is expected', async () => {
  expect(await speaksOtherwise({ host, port: (await behindTls()).port }, true)).toBe(false)
})

test.each([true, false])('a place where nothing listens does not speak otherwise: TLS expected, %s', async isTls => {
  expect(await speaksOtherwise({ host, port: 1 }, isTls)).toBe(false)
})

test('a server of another kind does not speak otherwise', async () => {
  const server = createPlain(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  endings.push(() => server.close())
  const port = await listening(server)
  expect([await speaksOtherwise({ host, port }, true), await speaksOtherwise({ host, port }, false)]).toEqual([
    false,
    false,
  ])
})

test('no connection is left open', async () => {
  const server = createPlain(socket => {
    socket.on('error', () => {})
    socket.on('data', () => socket.write('+PONG\r\n'))
  })
  endings.push(() => server.close())
  await speaksOtherwise({ host, port: await listening(server) }, true)
  await expect.poll(() => new Promise(resolve => server.getConnections((_error, count) => resolve(count)))).toBe(0)
})
