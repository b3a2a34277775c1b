import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'

type Answer = 'through' | 'refused'

/**
 * A proxy that opens tunnels, as companies have them. It leads every name to one port of this machine, so that only who
 * comes through it reaches that name.
 */
export async function startConnectProxy(leadsTo: number) {
  /** The tunnels that were asked for, and by whom (`user:password`). */
  const tunnels: { to: string; by: string | undefined }[] = []
  /** What was asked of it in another way. */
  const plain: string[] = []
  let answer: Answer = 'through'
  const server = createServer((request, response) => {
    plain.push(request.url ?? '')
    response.writeHead(501).end()
  })
  server.on('connect', ({ url, headers }, socket, head) => {
    const proof = headers['proxy-authorization']?.replace('Basic ', '')
    tunnels.push({ to: url ?? '', by: proof && Buffer.from(proof, 'base64').toString() })
    socket.on('error', () => {})
    if (answer === 'refused') return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const there = connect(leadsTo, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      there.write(head)
      there.pipe(socket).pipe(there)
    })
    there.on('error', () => socket.destroy())
    socket.on('close', () => there.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    at: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    plain,
    set: (wanted: Answer): void => {
      answer = wanted
    },
    close: (): void => {
      server.close()
      server.closeAllConnections()
    },
  }
}
