import type { Server, ServerResponse } from 'node:http'
import { Server as Listener, type Socket } from 'node:net'

/**
 * Follows the connections of a server, so that the server can close without losing a request. Node's own `close` keeps busy
 * connections for ever, and cuts connections whose answer is written but not yet read.
 */
export function createEmptying(server: Server) {
  const answersOn = new Map<Socket, Set<ServerResponse>>()
  let isTelling = false
  let isClosing = false

  server.on('connection', (socket: Socket) => {
    answersOn.set(socket, new Set())
    socket.once('close', () => answersOn.delete(socket))
  })
  // Before all other listeners, so that the header is set before the answer is made.
  server.prependListener('request', ({ socket }, response) => {
    const answers = answersOn.get(socket)
    answers?.add(response)
    if (isTelling) tell(response)
    response.once('close', () => {
      answers?.delete(response)
      if (isClosing && answers?.size === 0) socket.end()
    })
  })

  return {
    /** From now on every answer closes its connection, also the answers under way. New requests are still accepted. */
    tell(): void {
      isTelling = true
      for (const answers of answersOn.values()) for (const response of answers) tell(response)
    },

    /** Accepts nothing new, and resolves when the last answer has been sent. */
    async close(): Promise<void> {
      isClosing = true
      // Not the HTTP server's own `close`, which would cut answers off: see above.
      const closed = new Promise<void>(resolve => Listener.prototype.close.call(server, () => resolve()))
      for (const [socket, answers] of answersOn) if (answers.size === 0) socket.destroy()
      await closed
    },

    /** The number of requests without an answer. */
    open: (): number => [...answersOn.values()].reduce((sum, answers) => sum + answers.size, 0),
    /** Closes every connection at once. */
    cut: (): void => server.closeAllConnections(),
  }
}

function tell(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close')
}
