import { createGraph } from '../../../src/entra/graph/graph.ts'

export type Sent = { method: string; path: string; query: URLSearchParams; headers: Headers; body: unknown }
export type Reply = { status?: number; headers?: Record<string, string>; body?: unknown }

/** Graph as a function. It keeps every call and answers as the test says. A body that is text is sent as it stands. */
export function graphThat(answer: (sent: Sent) => Reply | Promise<Reply>) {
  const sent: Sent[] = []
  const fetch = async (input: string | URL | Request, init: RequestInit = {}) => {
    const url = new URL(String(input))
    const one: Sent = {
      method: init.method ?? 'GET',
      path: url.pathname.replace('/v1.0', ''),
      query: url.searchParams,
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
    }
    sent.push(one)
    const { status = 200, headers = {}, body } = await Promise.race([answer(one), aborted(init.signal)])
    return new Response(status === 204 ? null : typeof body === 'string' ? body : JSON.stringify(body), {
      status,
      headers,
    })
  }
  const graph = createGraph({ config: { graph: { baseUrl: 'http://graph.test/v1.0', notifications: false } }, fetch })
  return { graph, sent }
}

const aborted = (signal: AbortSignal | null | undefined): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))

/** The error of a call that must not succeed. */
export const thrownBy = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    value => {
      throw new Error(`it was answered with ${JSON.stringify(value)}`)
    },
    thrown => thrown,
  )
