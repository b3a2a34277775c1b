import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** A request that is over. 'aborted': the browser gave up. */
export type RequestFacts = { path: string; status: number | 'aborted'; seconds: number }
export type DecisionFacts = { audience: string; outcome: string; reason: string; proofAgeSeconds?: number | undefined }

const pageBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 6]
const outboundBuckets = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5.5]
const redisBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 2]
const ageBuckets = [5, 15, 30, 45, 60, 90, 120, 180, 300, 600]

/**
 * What is counted and timed. Every label has few values, all named here or in our code: never a path, a person, an id or
 * a host, which would be endless and would tell on people.
 */
export function createMeter() {
  const registry = new Registry()
  const registers = [registry]
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name, help, labelNames: [...labelNames], registers })
  const histogram = <Label extends string>(
    name: string,
    { help, labelNames, buckets }: { help: string; labelNames: readonly Label[]; buckets: number[] },
  ) => new Histogram({ name, help, labelNames: [...labelNames], buckets, registers })

  const requests = counter('gatehouse_requests_total', 'Requests, by door and outcome.', ['door', 'outcome'])
  const requestSeconds = histogram('gatehouse_request_duration_seconds', {
    help: 'How long requests took, by door.',
    labelNames: ['door'],
    buckets: pageBuckets,
  })
  const decisions = counter(
    'gatehouse_gate_decisions_total',
    'Decisions of the gate: for whom the page is, what was decided, and why.',
    ['audience', 'outcome', 'reason'],
  )
  const proofAge = histogram('gatehouse_gate_proof_age_seconds', {
    help: 'How old the proof of membership was when somebody was let in.',
    labelNames: [],
    buckets: ageBuckets,
  })
  const signIns = counter('gatehouse_sign_ins_total', 'Sign-ins that came back from Entra, by how they ended.', [
    'outcome',
  ])
  const entraSeconds = histogram('gatehouse_entra_call_duration_seconds', {
    help: 'How long Entra took, by what it was asked for and how that ended.',
    labelNames: ['call', 'result'],
    buckets: outboundBuckets,
  })
  const graphSeconds = histogram('gatehouse_graph_call_duration_seconds', {
    help: 'How long Microsoft Graph took, by what it was asked about and how that ended.',
    labelNames: ['about', 'result'],
    buckets: outboundBuckets,
  })
  const redisSeconds = histogram('gatehouse_redis_command_duration_seconds', {
    help: 'How long Redis took for a command, and whether it was answered.',
    labelNames: ['result'],
    buckets: redisBuckets,
  })
  const secretRefusals = counter(
    'gatehouse_client_secret_refusals_total',
    'How often Entra refused a client secret, by its place in the setting.',
    ['position'],
  )
  const auditLost = counter('gatehouse_audit_records_lost_total', 'Audit records that could not be kept.', [])

  return {
    registry,
    request: ({ path, status, seconds }: RequestFacts): void => {
      const door = doorOf(path)
      requests.inc({ door, outcome: outcomeOf(status) })
      requestSeconds.observe({ door }, seconds)
    },
    decision: ({ audience, outcome, reason, proofAgeSeconds }: DecisionFacts): void => {
      decisions.inc({ audience, outcome, reason })
      if (proofAgeSeconds !== undefined) proofAge.observe(proofAgeSeconds)
    },
    signIn: (outcome: string): void => signIns.inc({ outcome }),
    entra: (call: string, result: string, seconds: number): void => entraSeconds.observe({ call, result }, seconds),
    graph: (url: string, result: string, seconds: number): void =>
      graphSeconds.observe({ about: subjectOf(url), result }, seconds),
    redis: (result: 'ok' | 'failed', seconds: number): void => redisSeconds.observe({ result }, seconds),
    secretRefused: (position: number): void => secretRefusals.inc({ position: String(position) }),
    auditLost: (): void => auditLost.inc(),

    /** A value that is read when it is asked for; what cannot be known then is left out. */
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
        registers,
        async collect() {
          this.reset()
          for (const { labels, value } of await Promise.resolve(read()).catch(() => []))
            this.set((labels ?? {}) as Record<Label, string>, value)
        },
      })
    },
  }
}
export type Meter = ReturnType<typeof createMeter>
export type Reading<Label extends string = never> = { value: number; labels?: Record<Label, string> }

const openDoor = /^\/auth\/(sign-in|callback|sign-out|signed-out|front-channel-logout)$/
const doors = [
  [/^\/health\/(live|ready)$/, 'health'],
  [/^\/assets\//, 'assets'],
  [/^\/hooks\/graph$/, 'hooks'],
] as const

/** The open doors by their names; whatever else is asked for is behind the gate. */
export const doorOf = (path: string): string =>
  openDoor.exec(path)?.[1] ?? doors.find(([pattern]) => pattern.test(path))?.[1] ?? 'gated'

const outcomes: Record<number, string> = {
  401: 'refused',
  403: 'refused',
  404: 'not-found',
  429: 'limited',
  503: 'unavailable',
}

export function outcomeOf(status: RequestFacts['status']): string {
  if (status === 'aborted') return status
  if (status < 300) return 'ok'
  if (status < 400) return 'redirected'
  return outcomes[status] ?? (status < 500 ? 'bad-request' : 'failed')
}

const subjects = [
  [/\/checkMemberGroups$/, 'membership'],
  [/\/groups\/[^/]+\/(transitiveM|m)embers$/, 'members'],
  [/\/identityGovernance\/|\/policies\//, 'pim'],
  [/\/subscriptions/, 'subscription'],
  [/\/applications\(/, 'application'],
  [/\/(users|groups|me)\b/, 'names'],
] as const

/** What a call is about, of the address no more than that. */
export const subjectOf = (url: string): string => {
  const path = url.split(/[?#]/)[0] ?? ''
  return subjects.find(([pattern]) => pattern.test(path))?.[1] ?? 'other'
}
