import type { Server, ServerResponse } from 'node:http'
import { Server as Listener, type Socket } from 'node:net'

/**
 * Follows the connections of a server, so that it can be left without losing a request. Node's own `close` keeps busy
 * connections for ever, and cuts those whose answer is written but not yet taken.
 */
export function createEmptying(server: Server) {
  const answersOn = new Map<Socket, Set<ServerResponse>>()
  let isTelling = false
  let isClosing = false

  server.on('connection', (socket: Socket) => {
    answersOn.set(socket, new Set())
    socket.once('close', () => answersOn.delete(socket))
  })
  // First of all listeners: when the answer is made it must know already.
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
    /** From now every answer tells its connection to close, those on their way included. New requests are still taken. */
    tell(): void {
      isTelling = true
      for (const answers of answersOn.values()) for (const response of answers) tell(response)
    },

    /** Takes nothing new, and resolves when the last answer has been sent. */
    async close(): Promise<void> {
      isClosing = true
      // Not the HTTP server's own, for the reason above.
      const closed = new Promise<void>(resolve => Listener.prototype.close.call(server, () => resolve()))
      for (const [socket, answers] of answersOn) if (answers.size === 0) socket.destroy()
      await closed
    },

    /** How many requests have no answer yet. */
    open: (): number => [...answersOn.values()].reduce((sum, answers) => sum + answers.size, 0),
    cut: (): void => server.closeAllConnections(),
  }
}

function tell(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close')
}
