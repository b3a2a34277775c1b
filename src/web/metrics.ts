import { createServer, type Server } from 'node:http'
import { Gauge, Registry } from 'prom-client'
import type { Config } from '../config/load.ts'
import { worstCaseSeconds } from '../gate/worst-case.ts'

/** Prometheus metrics on a port of their own, never on the public one. */
export function createMetrics(config: Pick<Config, 'membership'>): Server {
  const registry = new Registry()
  new Gauge({
    name: 'gatehouse_gate_worst_case_seconds',
    help: 'Longest time from a removal until the person is refused, whatever fails.',
    registers: [registry],
  }).set(worstCaseSeconds(config.membership).whateverFails)
  return createServer(async (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics())
  })
}
