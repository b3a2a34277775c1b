import { type AddressInfo, createServer, type Socket } from 'node:net'

type Place = { port: number }

const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`
const array = (...texts: string[]) => `*${texts.length}\r\n${texts.map(bulk).join('')}`

/** A command with its first argument. */
const command = /^\*\d+\r\n\$\d+\r\n(\w+)(?:\r\n\$\d+\r\n(\S+))?/gm

/** A sentinel that says what it is told to, whatever is true: real ones are behind each other for moments only. */
export async function startFakeSentinel(first: Place) {
  let named = first
  const listeners = new Set<Socket>()
  const sockets = new Set<Socket>()
  const answers: Record<string, (socket: Socket, about: string) => string> = {
    sentinel: () => array('127.0.0.1', String(named.port)),
    subscribe: (socket, channel) => {
      if (channel === '+switch-master') listeners.add(socket)
      return `*3\r\n${bulk('subscribe')}${bulk(channel)}:1\r\n`
    },
  }
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      listeners.delete(socket)
      sockets.delete(socket)
    })
    socket.on('data', chunk => {
      for (const [, name = '', about = ''] of String(chunk).matchAll(command))
        socket.write(answers[name.toLowerCase()]?.(socket, about) ?? `-ERR unknown command '${name}'\r\n`)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    name: (place: Place): void => {
      named = place
    },
    listening: () => listeners.size,
    announce(master: string, from: Place, to: Place): void {
      const message = `${master} 127.0.0.1 ${from.port} 127.0.0.1 ${to.port}`
      for (const socket of listeners) socket.write(array('message', '+switch-master', message))
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
