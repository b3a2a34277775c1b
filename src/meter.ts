import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { RequestFacts } from './labels.ts'
import * as labels from './labels.ts'

export type DecisionFacts = { audience: string; outcome: string; reason: string; proofAgeSeconds?: number | undefined }
/** A value of a gauge, with the labels that it is told apart by. */
export type Reading<Label extends string = never> = { value: number; labels?: Record<Label, string> }

const pageBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 6]
const outboundBuckets = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5.5]
const redisBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 2]
const ageBuckets = [5, 15, 30, 45, 60, 90, 120, 180, 300, 600]

/**
 * What is counted and timed. Every label has few values, all named in src/labels.ts: never a path, a person, an id or a
 * host, which would be endless and would tell on people. All of them begin at 0.
 */
export function createMeter() {
  const registry = new Registry()
  const make = makersIn(registry)

  const requests = make.counter('gatehouse_requests_total', 'Requests, by door and outcome.', {
    labelNames: ['door', 'outcome'],
    known: labels.doors.flatMap(door => labels.outcomes.map(outcome => ({ door, outcome }))),
  })
  const requestSeconds = make.histogram('gatehouse_request_duration_seconds', 'How long requests took, by door.', {
    labelNames: ['door'],
    known: labels.doors.map(door => ({ door })),
    buckets: pageBuckets,
  })
  const decisions = make.counter(
    'gatehouse_gate_decisions_total',
    'Decisions of the gate: for whom the page is, what was decided, and why.',
    {
      labelNames: ['audience', 'outcome', 'reason'],
      known: labels.audiences.flatMap(audience => labels.verdicts.map(verdict => ({ audience, ...verdict }))),
    },
  )
  const proofAge = make.histogram(
    'gatehouse_gate_proof_age_seconds',
    'How old the proof of membership was when somebody was let in.',
    { labelNames: [], known: [], buckets: ageBuckets },
  )
  const signIns = make.counter('gatehouse_sign_ins_total', 'Sign-ins that came back from Entra, by how they ended.', {
    labelNames: ['outcome'],
    known: labels.signInOutcomes.map(outcome => ({ outcome })),
  })
  const entraSeconds = make.histogram(
    'gatehouse_entra_call_duration_seconds',
    'How long Entra took, by what it was asked for and how that ended.',
    {
      labelNames: ['call', 'result'],
      known: labels.entraCalls.flatMap(call => labels.entraResults.map(result => ({ call, result }))),
      buckets: outboundBuckets,
    },
  )
  const graphSeconds = make.histogram(
    'gatehouse_graph_call_duration_seconds',
    'How long Microsoft Graph took, by what it was asked about and how that ended.',
    {
      labelNames: ['about', 'result'],
      known: labels.subjects.flatMap(about => labels.graphResults.map(result => ({ about, result }))),
      buckets: outboundBuckets,
    },
  )
  const redisSeconds = make.histogram(
    'gatehouse_redis_command_duration_seconds',
    'How long Redis took for a command, whether it was answered, and why not.',
    {
      labelNames: ['result', 'reason'],
      known: [{ result: 'ok' }, ...labels.redisReasons.map(reason => ({ result: 'failed', reason }))],
      buckets: redisBuckets,
    },
  )
  const secretRefusals = make.counter(
    'gatehouse_client_secret_refusals_total',
    'How often Entra refused a client secret, by its place in the setting.',
    { labelNames: ['position'], known: labels.secretPositions.map(position => ({ position })) },
  )
  const rosterPolls = make.counter(
    'gatehouse_roster_polls_total',
    'How often this replica asked Graph for the list of the group, and whether the list came whole.',
    { labelNames: ['result'], known: [{ result: 'ok' }, { result: 'failed' }] },
  )
  const unreadable = make.counter(
    'gatehouse_unreadable_requests_total',
    'Requests that were answered before the application saw them, by kind.',
    { labelNames: ['kind'], known: labels.unreadableKinds.map(kind => ({ kind })) },
  )
  const auditLost = make.counter('gatehouse_audit_records_lost_total', 'Audit records that could not be kept.', {
    labelNames: [],
    known: [],
  })

  return {
    registry,
    request: ({ path, status, seconds }: RequestFacts): void => {
      const door = labels.doorOf(path)
      requests.inc({ door, outcome: labels.outcomeOf(status) })
      requestSeconds.observe({ door }, seconds)
    },
    decision: ({ audience, outcome, reason, proofAgeSeconds }: DecisionFacts): void => {
      decisions.inc({ audience, outcome, reason })
      if (proofAgeSeconds !== undefined) proofAge.observe(proofAgeSeconds)
    },
    signIn: (outcome: string): void => signIns.inc({ outcome }),
    entra: (call: string, result: string, seconds: number): void => entraSeconds.observe({ call, result }, seconds),
    graph: (url: string, result: string, seconds: number): void =>
      graphSeconds.observe({ about: labels.subjectOf(url), result }, seconds),
    redis: (seconds: number, reason?: string): void =>
      redisSeconds.observe(reason === undefined ? { result: 'ok' } : { result: 'failed', reason }, seconds),
    secretRefused: (position: number): void => secretRefusals.inc({ position: String(position) }),
    rosterPolled: (result: 'ok' | 'failed'): void => rosterPolls.inc({ result }),
    unreadable: (kind: labels.UnreadableKind): void => unreadable.inc({ kind }),
    auditLost: (): void => auditLost.inc(),
    gauge: make.gauge,
  }
}
export type Meter = ReturnType<typeof createMeter>

type Known<Label extends string> = { labelNames: readonly Label[]; known: readonly Partial<Record<Label, string>>[] }

const makersIn = (registry: Registry) => ({
  counter<Label extends string>(name: string, help: string, { labelNames, known }: Known<Label>): Counter<Label> {
    const made = new Counter({ name, help, labelNames: [...labelNames], registers: [registry] })
    for (const labels of known) made.inc(labels, 0)
    return made
  },

  histogram<Label extends string>(
    name: string,
    help: string,
    { labelNames, known, buckets }: Known<Label> & { buckets: number[] },
  ): Histogram<Label> {
    const made = new Histogram({ name, help, labelNames: [...labelNames], buckets, registers: [registry] })
    for (const labels of known) made.zero(labels)
    return made
  },

  /** A value that is read when it is asked for; what cannot be known then is not there: neither 0 nor what it was. */
  gauge<Label extends string = never>(
    name: string,
    help: string,
    read: () => readonly Reading<Label>[] | Promise<readonly Reading<Label>[]>,
    labelNames: readonly Label[] = [],
  ): void {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      async collect() {
        const readings = await (async () => read())().catch(() => [])
        this.reset()
        // Without labels a reset leaves a 0.
        if (labelNames.length === 0) this.remove()
        for (const { labels, value } of readings)
          if (Number.isFinite(value)) this.set((labels ?? {}) as Record<Label, string>, value)
      },
    })
  },
})
