import { createServer, type Server } from 'node:http'
import { collectDefaultMetrics } from 'prom-client'
import type { Roster } from '../../gate/news/roster.ts'
import { worstCaseSeconds } from '../../gate/worst-case.ts'
import { setupVerdicts } from '../../labels.ts'
import type { Services } from '../../services.ts'
import { version } from '../../version.ts'

type Needs = Pick<
  Services,
  | ('census' | 'clock' | 'clockCheck' | 'config' | 'dailyCheck' | 'expiry' | 'gateCensus' | 'gates')
  | ('ledger' | 'meter' | 'webhook')
>

/** Serves Prometheus metrics on a port of their own, never on the public one. Made once for each process. */
export function createMetrics(services: Needs): Server {
  const { registry } = services.meter
  addGaugesOfProgram(services)
  addGaugesOfGate(services)
  addGaugesOfSessions(services)
  addGaugesOfRoster(services)
  addGaugesOfWebhook(services)
  addGaugesOfTrail(services)
  addGaugesOfSetUp(services)
  // The process itself: memory, processor, open files, and how late the event loop is.
  collectDefaultMetrics({ register: registry })
  return createServer(async (request, response) => {
    const isAsked = request.url === '/metrics' && ['GET', 'HEAD'].includes(request.method ?? '')
    if (!isAsked) return void response.writeHead(404).end()
    const text = await registry.metrics().catch(() => undefined)
    if (text === undefined) return void response.writeHead(500).end()
    response.writeHead(200, { 'content-type': registry.contentType }).end(text)
  })
}

// Gauges: values that are read at the moment when Prometheus asks.

function addGaugesOfProgram({ clockCheck, expiry, meter }: Needs): void {
  const release = () => [{ value: 1, labels: { version } }]
  meter.gauge('gatehouse_build_info', 'Which release runs; always 1.', release, ['version'])
  meter.gauge(
    'gatehouse_clock_offset_seconds',
    'How far the clock of this replica is ahead of that of Redis; negative: behind.',
    () => {
      const value = clockCheck.aheadSeconds()
      return value === undefined ? [] : [{ value }]
    },
  )
  meter.gauge(
    'gatehouse_credential_expires_timestamp_seconds',
    'When a credential of the application runs out, by its kind and its place in the setting.',
    () =>
      expiry.expiries().map(({ kind, position, expiresAt }) => ({
        labels: { kind, position: String(position) },
        value: Math.floor(expiresAt / 1000),
      })),
    ['kind', 'position'],
  )
}

function addGaugesOfGate({ config, meter }: Needs): void {
  const { gates, membership } = config
  meter.gauge(
    'gatehouse_gate_worst_case_seconds',
    'Longest time from a removal until the person is refused, whatever fails.',
    () =>
      gates.map(gate => ({
        labels: { gate: gate.name },
        value: worstCaseSeconds(membership, gate).whateverFails,
      })),
    ['gate'],
  )
  meter.gauge('gatehouse_gate_recheck_seconds', 'A membership proven longer ago than this is asked for again.', () => [
    { value: membership.recheckMs / 1000 },
  ])
}

function addGaugesOfSessions({ census, clock, gateCensus, meter }: Needs): void {
  const now = () => clock().getTime()
  meter.gauge('gatehouse_sessions', 'Open sessions, those of all replicas together.', async () => [
    { value: await census.count(now()) },
  ])
  meter.gauge(
    'gatehouse_gate_sessions',
    'Open sessions of members of a gate, as each session last knew, those of all replicas together.',
    async () => {
      const counts = (await gateCensus?.counts(now())) ?? []
      return counts.map(({ gate, count }) => ({ labels: { gate }, value: count }))
    },
    ['gate'],
  )
}

function addGaugesOfRoster({ clock, meter, gates }: Needs): void {
  const ofEach = (measure: (roster: Roster) => number) => () =>
    gates.all.flatMap(({ name, news }) => {
      const roster = news.roster()
      return roster ? [{ labels: { gate: name }, value: measure(roster) }] : []
    })
  meter.gauge(
    'gatehouse_roster_age_seconds',
    'How long ago the roster in hand of a gate was asked for.',
    ofEach(({ askedAt }) => Math.max(0, clock().getTime() - askedAt) / 1000),
    ['gate'],
  )
  meter.gauge(
    'gatehouse_roster_members',
    'How many people the roster in hand of a gate names.',
    ofEach(({ members }) => Object.keys(members).length),
    ['gate'],
  )
}

function addGaugesOfWebhook({ meter, webhook }: Needs): void {
  if (!webhook) return
  meter.gauge(
    'gatehouse_audit_webhook_waiting_records',
    'How many records of the trail wait to be sent to the webhook.',
    async () => [{ value: await webhook.waiting() }],
  )
}

function addGaugesOfTrail({ ledger, meter }: Needs): void {
  const known = (value: number | undefined) => (value === undefined ? [] : [{ value }])
  meter.gauge('gatehouse_audit_records', 'How many records the audit trail has had, those too that were dropped.', () =>
    known(ledger.state().size),
  )
  meter.gauge('gatehouse_audit_uncovered_seconds', 'For how long there have been records without a checkpoint.', () =>
    known(ledger.state().uncoveredSeconds),
  )
  meter.gauge('gatehouse_audit_verified', '1 while all of the trail that this replica compared is as it was.', () => {
    const { isVerified } = ledger.state()
    return known(isVerified === undefined ? undefined : Number(isVerified))
  })
}

function addGaugesOfSetUp({ dailyCheck, meter }: Needs): void {
  meter.gauge(
    'gatehouse_setup_findings',
    'What the newest daily check of the set-up found, by verdict.',
    () => {
      const findings = dailyCheck.known()
      return setupVerdicts.map(verdict => ({
        labels: { verdict },
        value: findings?.filter(each => each.verdict === verdict).length ?? Number.NaN,
      }))
    },
    ['verdict'],
  )
}
