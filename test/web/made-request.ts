import express, { type Request, type RequestHandler, type Response } from 'express'
import { createGuard } from '../../src/gate/guard.ts'
import { atGate } from '../../src/session/record/at-gate.ts'
import type { Membership } from '../../src/session/record/membership.ts'
import type { SessionRecord } from '../../src/session/record/record.ts'
import { oneGate } from '../support/one-gate.ts'

export const madeNow = Date.parse('2026-03-02T12:00:00Z')

export const aliceIdentity = {
  tenantId: 'tenant',
  objectId: 'alice-id',
  subject: 'subject',
  name: 'Alice Lindqvist',
  username: 'alice@contoso.example',
  loginHint: 'alice-hint',
}
export const aliceRecord: SessionRecord = {
  identity: aliceIdentity,
  gates: {},
  contexts: {},
  signedInAt: madeNow,
  lastSeenAt: madeNow,
  browser: 'browser',
}
/** The same session as the gate `members` sees it. */
export const aliceAtMembers = atGate(aliceRecord, 'members')

// No proxy is trusted.
const appOfRequest = { get: () => () => false }

type Made = Partial<
  Pick<Request, 'method' | 'url' | 'originalUrl' | 'path' | 'query' | 'params' | 'body' | 'secure'>
> & {
  headers?: Record<string, string>
}

/** A request as Express would make it, with headers in small letters. */
export function madeRequest({ method = 'GET', url = '/', headers = {}, ...more }: Made = {}): Request {
  const [path = ''] = url.split('?')
  const query = Object.fromEntries(new URLSearchParams(url.split('?')[1] ?? ''))
  const fields = {
    method,
    url,
    originalUrl: url,
    headers,
    path,
    query,
    params: {},
    secure: false,
    app: appOfRequest,
    socket: {},
    ...more,
  }
  const request = Object.create(express.request)
  for (const [name, value] of Object.entries(fields)) Object.defineProperty(request, name, { value, writable: true })
  return Object.assign(request, { sessionID: 'session-id', session: {} })
}

/** As a browser sends a form of a page. */
export const ofAForm = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-origin', accept: 'text/html,*/*;q=0.8' }

/** A response, and all that it was given to answer. */
export function madeResponse(request: Request = madeRequest()) {
  const answered = {
    status: 200,
    headers: {} as Record<string, unknown>,
    logged: [] as unknown[],
    redirects: [] as unknown[],
    cookies: [] as unknown[],
    cleared: [] as unknown[],
    shown: undefined as (Record<string, unknown> & { model: Record<string, unknown> }) | undefined,
    json: undefined as unknown,
    text: undefined as unknown,
    isDestroyed: false,
    isEnded: false,
  }
  const logAt = (level: string) => (line: object, text?: string) =>
    void answered.logged.push({ level, ...line, ...(text !== undefined && { text }) })
  const log = { info: logAt('info'), warn: logAt('warn'), error: logAt('error') }
  const response = {
    locals: { log, reference: 'REFERENCE', startedAt: 1_000 } as Record<string, unknown>,
    req: request,
    headersSent: false,
    status(status: number) {
      answered.status = status
      return response
    },
    setHeader(name: string, value: unknown) {
      answered.headers[name.toLowerCase()] = value
      return response
    },
    removeHeader: (name: string) => void delete answered.headers[name.toLowerCase()],
    type(type: string) {
      answered.headers['content-type'] = type
      return response
    },
    redirect: (...to: unknown[]) => void answered.redirects.push(to),
    cookie: (...cookie: unknown[]) => void answered.cookies.push(cookie),
    clearCookie: (...cookie: unknown[]) => void answered.cleared.push(cookie),
    render(view: string, shown: object) {
      answered.shown = { view, ...shown } as never
    },
    json(model: unknown) {
      answered.json = model
    },
    send(text: unknown) {
      answered.text = text
    },
    end() {
      answered.isEnded = true
    },
    destroy() {
      answered.isDestroyed = true
    },
    once: () => response,
  }
  return { response: response as unknown as Response, answered }
}

/** A guard that admits everyone as this session, with this membership. */
export function admitting({
  record = aliceRecord,
  membership = 'unknown',
}: {
  record?: SessionRecord
  membership?: Membership
} = {}): RequestHandler {
  const guard = createGuard({
    config: { membership: { recheckMs: 60_000, graceMs: 300_000 }, session: { maxMs: 36_000_000 } } as never,
    clock: () => new Date(madeNow),
    sessions: { recordOf: () => record, forget: () => {} },
    gates: oneGate({ standingOf: async (_id, seen) => ({ record: seen, membership }), known: () => membership }),
  })
  return guard({ audience: 'signed-in' })
}
