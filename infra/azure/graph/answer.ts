import { type Asked, whatIsMissing } from './needs.ts'
import { GraphProblem } from './problem.ts'

/** The code and message of an error, out of either envelope: PIM puts its own as JSON into the message of Graph's. */
export function errorIn(body: string): { code?: string; message?: string } {
  const outer = fieldsIn(body).error as { code?: unknown; message?: unknown } | undefined
  const message = typeof outer?.message === 'string' ? outer.message : undefined
  const inner = message === undefined ? {} : fieldsIn(message)
  if (typeof inner.errorCode === 'string')
    return { code: inner.errorCode, ...(typeof inner.message === 'string' && { message: inner.message }) }
  return { ...(typeof outer?.code === 'string' && { code: outer.code }), ...(message !== undefined && { message }) }
}

function fieldsIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** A refusal of Graph as a problem, with the permission or role that may be missing, and the id that Microsoft asks for. */
export function problemOf(
  asked: Asked & { requestId: string },
  response: { status: number; body: string },
): GraphProblem {
  const { status } = response
  const { code, message } = errorIn(response.body)
  const told = [status, code].filter(Boolean).join(' ')
  const parts = [
    `Graph refused ${asked.method} ${pathOnly(asked.path)} (${told}).`,
    status === 401 ? 'The token is not valid, or has expired.' : '',
    status === 403 ? whatIsMissing(asked) : '',
    message && status !== 401 ? `Graph says: ${oneLine(message)}` : '',
    `client-request-id ${asked.requestId}`,
  ]
  return new GraphProblem(parts.filter(Boolean).join(' '), { status, code })
}

/** A path without its query, which only repeats names. */
export const pathOnly = (path: string): string => path.split('?')[0] as string

/** At most 300 characters; nothing that looks like a token. */
const oneLine = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/eyJ[\w.-]{20,}/g, '…')
    .slice(0, 300)
