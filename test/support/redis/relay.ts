import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * Stands between the application and Redis on a port of its own. Told to swallow, it takes every byte and passes none
 * on, in connections old and new: a network that fails without a word. Told to lead elsewhere, it does so with new
 * connections and leaves the old ones where they are: an address that has moved.
 */
export async function openRelay(first: { port: number }) {
  const sockets = new Set<Socket>()
  let target = first
  let isSwallowing = false
  const server = createServer(near => {
    const far = connect(target.port, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', chunk => isSwallowing || to.write(chunk))
      from.on('error', () => to.destroy())
      from.on('close', () => sockets.delete(from) && to.destroy())
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    swallow: (wish: boolean): void => {
      isSwallowing = wish
    },
    leadTo: (next: { port: number }): void => {
      target = next
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
