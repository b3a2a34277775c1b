import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Request, Response } from 'express'
import type { Sessions } from '../../src/session/sessions.ts'

/**
 * A request with this cookie that has passed the middleware of these sessions, without a server. `cleared` are the cookies
 * that its answer removes.
 */
export async function visit(sessions: Sessions, cookie = '') {
  const message = Object.assign(new IncomingMessage(new Socket()), { url: '/', headers: { cookie } })
  const request = Object.assign(message, { get: () => 'Firefox' }) as never as Request
  const cleared: string[] = []
  const made = new ServerResponse(message)
  const response = Object.assign(made, { clearCookie: (name: string) => cleared.push(name) }) as never as Response
  await new Promise<void>((resolve, reject) => {
    sessions.middleware(request, response, (thrown?: unknown) => (thrown ? reject(thrown) : resolve()))
  })
  return { request, response, cleared, record: () => sessions.recordOf(request) }
}
