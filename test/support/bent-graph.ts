import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Call = { method: string; path: string; body: Record<string, unknown> }
export type Said = { status: number; body: Record<string, unknown> }
/** What becomes of an answer. 'lost': it was done, and nobody hears of it. Undefined: it goes on as it is. */
type Bend = (call: Call, said: Said) => Said | 'lost' | undefined

/**
 * Stands before the tenant's Graph and changes what it says: settings `GRAPH_BASE_URL: graph.base`, then
 * `graph.leadTo(house.tenant.graphBase)`. What is asked arrives unchanged.
 */
export async function openBentGraph() {
  let target = ''
  let bend: Bend = () => undefined
  const calls: Call[] = []
  const server = createServer(async (request, response) => {
    const sent = await textOf(request)
    if (!target) return void response.writeHead(503).end()
    const path = request.url?.replace(/^\/v1\.0/, '') ?? ''
    const { authorization = '', 'content-type': type } = request.headers
    const method = request.method ?? 'GET'
    const answer = await fetch(target + path, {
      method,
      headers: { authorization, accept: 'application/json', ...(type && { 'content-type': type }) },
      ...(sent && { body: sent }),
    })
    const text = (await answer.text()).replaceAll(new URL(target).origin, base.slice(0, -5))
    const call = { method, path, body: sent ? JSON.parse(sent) : {} }
    calls.push(call)
    const said = bend(call, { status: answer.status, body: text ? JSON.parse(text) : {} })
    if (said === 'lost') return void response.destroy()
    const challenge = answer.headers.get('www-authenticate')
    response.writeHead(said?.status ?? answer.status, {
      'content-type': 'application/json',
      ...(challenge && { 'www-authenticate': challenge }),
    })
    response.end(said ? JSON.stringify(said.body) : text)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1.0`
  return {
    base,
    calls,
    leadTo: (graphBase: string) => {
      target = graphBase
    },
    /** From now on. */
    bend: (how: Bend) => {
      bend = how
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
