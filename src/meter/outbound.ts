import * as labels from '../labels.ts'
import type { Instruments } from './instruments.ts'

const outboundBuckets = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5.5]
const redisBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 2]

/** How long Entra and Graph take to answer, and what they and the webhook refuse. */
export function ofMicrosoft({ counter, histogram }: Instruments, gates: readonly string[]) {
  const entraSeconds = histogram(
    'gatehouse_entra_call_duration_seconds',
    'How long Entra took, by what it was asked for and how that ended.',
    {
      labelNames: ['call', 'result'],
      known: labels.entraCalls.flatMap(call => labels.entraResults.map(result => ({ call, result }))),
      buckets: outboundBuckets,
    },
  )
  const graphSeconds = histogram(
    'gatehouse_graph_call_duration_seconds',
    'How long Microsoft Graph took, by what it was asked about and how that ended.',
    {
      labelNames: ['about', 'result'],
      known: labels.subjects.flatMap(about => labels.graphResults.map(result => ({ about, result }))),
      buckets: outboundBuckets,
    },
  )
  const secretRefusals = counter(
    'gatehouse_client_secret_refusals_total',
    'How often Entra refused a client secret, by its place in the setting.',
    { labelNames: ['position'], known: labels.secretPositions.map(position => ({ position })) },
  )
  const rosterPolls = counter(
    'gatehouse_roster_polls_total',
    'How often this replica asked Graph for the list of a gate, and whether the list came whole.',
    {
      labelNames: ['gate', 'result'],
      known: gates.flatMap(gate => [
        { gate, result: 'ok' },
        { gate, result: 'failed' },
      ]),
    },
  )
  const webhookRecords = counter(
    'gatehouse_audit_webhook_records_total',
    'Records of the trail that were sent to the webhook, by what became of them; each try counts.',
    { labelNames: ['result'], known: labels.webhookResults.map(result => ({ result })) },
  )
  return {
    webhook: (result: (typeof labels.webhookResults)[number]): void => webhookRecords.inc({ result }),
    entra: (call: string, result: string, seconds: number): void => entraSeconds.observe({ call, result }, seconds),
    graph: (url: string, result: string, seconds: number): void =>
      graphSeconds.observe({ about: labels.subjectOf(url), result }, seconds),
    secretRefused: (position: number): void => secretRefusals.inc({ position: String(position) }),
    rosterPolled: (gate: string, result: 'ok' | 'failed'): void => rosterPolls.inc({ gate, result }),
  }
}

/** How long Redis takes for each command, and why one fails. */
export function ofRedis({ histogram }: Instruments) {
  const redisSeconds = histogram(
    'gatehouse_redis_command_duration_seconds',
    'How long Redis took for a command, whether it was answered, and why not.',
    {
      labelNames: ['result', 'reason'],
      known: [{ result: 'ok' }, ...labels.redisReasons.map(reason => ({ result: 'failed', reason }))],
      buckets: redisBuckets,
    },
  )
  return {
    redis: (seconds: number, reason?: string): void =>
      redisSeconds.observe(reason === undefined ? { result: 'ok' } : { result: 'failed', reason }, seconds),
  }
}
