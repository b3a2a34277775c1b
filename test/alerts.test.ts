import { beforeAll, describe, expect, test } from 'vitest'
import { type Asked, alertRules, complaintOf, complaintOfRules, type Series } from './support/promtool.ts'

const requests = (door: string, outcome: string) =>
  `gatehouse_requests_total{door="${door}",outcome="${outcome}",job="gatehouse",instance="a"}`
const entra = (call: string, result: string) =>
  `gatehouse_entra_call_duration_seconds_count{call="${call}",result="${result}",job="gatehouse",instance="a"}`
const graph = (about: string, result: string) =>
  `gatehouse_graph_call_duration_seconds_count{about="${about}",result="${result}",job="gatehouse",instance="a"}`
const redis = (result: string) =>
  `gatehouse_redis_command_duration_seconds_count{result="${result}",job="gatehouse",instance="a"}`
const redisBucket = (le: string) =>
  `gatehouse_redis_command_duration_seconds_bucket{result="ok",le="${le}",job="gatehouse",instance="a"}`
const decision = (outcome: string, audience = 'members') =>
  `gatehouse_gate_decisions_total{audience="${audience}",outcome="${outcome}",reason="x",job="gatehouse",instance="a"}`
const signIns = (outcome: string) => `gatehouse_sign_ins_total{outcome="${outcome}",job="gatehouse",instance="a"}`
const polls = (result: string, gate = 'members') =>
  `gatehouse_roster_polls_total{gate="${gate}",result="${result}",job="gatehouse",instance="a"}`
const refusals = (position: string, instance = 'a') =>
  `gatehouse_client_secret_refusals_total{position="${position}",job="gatehouse",instance="${instance}"}`
const lost = 'gatehouse_audit_records_lost_total{job="gatehouse",instance="a"}'
const waiting = (instance = 'a') => `gatehouse_audit_webhook_waiting_records{job="gatehouse",instance="${instance}"}`
const trailFault = (kind: string) => `gatehouse_audit_faults_total{kind="${kind}",job="gatehouse",instance="a"}`
const verified = (instance: string) => `gatehouse_audit_verified{job="gatehouse",instance="${instance}"}`
const uncovered = (instance: string) => `gatehouse_audit_uncovered_seconds{job="gatehouse",instance="${instance}"}`
const began = (instance = 'a') => `process_start_time_seconds{job="gatehouse",instance="${instance}"}`
const rosterAge = (instance = 'a', gate = 'members') =>
  `gatehouse_roster_age_seconds{gate="${gate}",job="gatehouse",instance="${instance}"}`
const expires = (position: string) =>
  `gatehouse_credential_expires_timestamp_seconds{kind="secret",position="${position}",job="gatehouse",instance="a"}`
const setUp = (verdict: string, instance = 'a') =>
  `gatehouse_setup_findings{verdict="${verdict}",job="gatehouse",instance="${instance}"}`
const late = (instance: string) => `nodejs_eventloop_lag_p99_seconds{job="gatehouse",instance="${instance}"}`
const offset = (instance: string) => `gatehouse_clock_offset_seconds{job="gatehouse",instance="${instance}"}`
const proofs = (le: string) => `gatehouse_gate_proof_age_seconds_bucket{le="${le}",job="gatehouse",instance="a"}`
const recheck = 'gatehouse_gate_recheck_seconds{job="gatehouse",instance="a"}'

/** Values each half minute, for two hours. */
const always = (value: number) => `${value}x240`
/** So many more each half minute. */
const rising = (by: number) => `0+${by}x240`
/** Nothing for half an hour, then this many at once. */
const once = (count: number) => `0x60 ${count}x180`
/** Proofs that let people in: so many each half minute that are this old, in seconds. */
const proofsOf = (age: number, by: number, recheckSeconds: number): Series => ({
  ...Object.fromEntries(
    [60, 120, 180, 300, 600].map(le => [proofs(String(le)), age <= le ? rising(by) : always(0)] as const),
  ),
  [proofs('+Inf')]: rising(by),
  [recheck]: always(recheckSeconds),
})
const day = 24 * 3600

type Case = [what: string, series: Series, at?: string]
type Cases = { fires: Case[]; silent: Case[]; labels?: Record<string, string> }
const cases: Record<string, Cases> = {
  GatehouseDown: {
    fires: [
      ['none answers', { 'up{job="gatehouse",instance="a"}': always(0) }],
      ['none is known', { 'up{job="other",instance="a"}': always(1) }],
      ['all are gone', { 'up{job="gatehouse",instance="a"}': '1x60 stale' }, '40m'],
    ],
    silent: [
      [
        'one of two answers',
        { 'up{job="gatehouse",instance="a"}': always(0), 'up{job="gatehouse",instance="b"}': always(1) },
      ],
      ['one restarts', { 'up{job="gatehouse",instance="a"}': '1x60 0 0 1x180' }, '31m30s'],
    ],
  },
  GatehouseFailing: {
    fires: [
      [
        'every request of a quiet house',
        { [requests('gated', 'ok')]: always(0), [requests('gated', 'failed')]: once(4) },
        '34m',
      ],
      [
        'one in twenty of a busy one',
        { [requests('gated', 'ok')]: rising(1900), [requests('gated', 'failed')]: rising(100) },
      ],
    ],
    silent: [
      ['nobody comes', { [requests('gated', 'ok')]: always(0), [requests('gated', 'failed')]: always(0) }],
      ['one request, once', { [requests('gated', 'ok')]: rising(1), [requests('gated', 'failed')]: once(1) }, '34m'],
      [
        'one in a thousand of a busy house',
        { [requests('gated', 'ok')]: rising(4000), [requests('gated', 'failed')]: rising(4) },
      ],
    ],
  },
  GatehouseUnavailable: {
    fires: [
      ['one request in ten', { [requests('gated', 'ok')]: rising(9), [requests('gated', 'unavailable')]: rising(1) }],
      ['all who sign in', { [requests('callback', 'unavailable')]: rising(2) }],
    ],
    silent: [
      [
        'probes that hear that a replica is not ready',
        { [requests('health', 'unavailable')]: rising(30), [requests('gated', 'ok')]: always(0) },
      ],
      ['one in fifty', { [requests('gated', 'ok')]: rising(98), [requests('gated', 'unavailable')]: rising(2) }],
      [
        'a single one at night',
        { [requests('gated', 'ok')]: always(5), [requests('gated', 'unavailable')]: once(1) },
        '34m',
      ],
    ],
  },
  GatehouseRedisFailing: {
    fires: [
      ['nothing is answered', { [redis('ok')]: always(50), [redis('failed')]: rising(15) }],
      ['writes are refused', { [redis('ok')]: rising(100), [redis('failed')]: rising(20) }],
    ],
    silent: [
      ['a few of very many', { [redis('ok')]: rising(30_000), [redis('failed')]: rising(10) }],
      ['a short fail-over', { [redis('ok')]: rising(30), [redis('failed')]: once(8) }, '34m'],
    ],
  },
  GatehouseRedisSlow: {
    fires: [
      [
        'one in twenty takes half a second',
        { [redisBucket('0.1')]: rising(95), [redisBucket('0.5')]: rising(100), [redisBucket('+Inf')]: rising(100) },
      ],
    ],
    silent: [
      [
        'all take a tenth of a second or less',
        { [redisBucket('0.1')]: rising(100), [redisBucket('0.5')]: rising(100), [redisBucket('+Inf')]: rising(100) },
      ],
      [
        'nothing is asked',
        { [redisBucket('0.1')]: always(5), [redisBucket('0.5')]: always(9), [redisBucket('+Inf')]: always(9) },
      ],
    ],
  },
  GatehouseClientRefused: {
    fires: [
      ['every call', { [entra('refresh', 'ok')]: always(9), [entra('refresh', 'sign-in-misconfigured')]: rising(2) }],
      [
        'two people who sign in in the morning',
        { [entra('code', 'ok')]: always(0), [entra('code', 'sign-in-misconfigured')]: once(2) },
        '34m',
      ],
    ],
    silent: [
      [
        'one call, once',
        { [entra('refresh', 'ok')]: rising(1), [entra('refresh', 'sign-in-misconfigured')]: once(1) },
        '34m',
      ],
      [
        'one call in a hundred',
        { [entra('refresh', 'ok')]: rising(99), [entra('refresh', 'sign-in-misconfigured')]: rising(1) },
      ],
    ],
  },
  GatehouseSecretRefused: {
    labels: { position: '1' },
    fires: [
      [
        'once, and never again',
        { [refusals('1')]: once(1), [refusals('2')]: always(0), [began()]: always(-day) },
        '60m',
      ],
      ['before Prometheus looked for the first time', { [refusals('1')]: always(1), [began()]: always(0) }, '30m'],
    ],
    silent: [
      ['never', { [refusals('1')]: always(0), [refusals('2')]: always(0), [began()]: always(0) }, '30m'],
      ['yesterday', { [refusals('1')]: always(3), [began()]: always(-2 * day) }],
      ['more than an hour ago', { [refusals('1')]: '0x10 1x230', [began()]: always(-day) }, '90m'],
      [
        'yesterday, by a replica beside a new one',
        {
          [refusals('1')]: always(1),
          [began()]: always(-day),
          [refusals('1', 'b')]: always(0),
          [began('b')]: always(0),
        },
        '30m',
      ],
    ],
  },
  GatehouseCredentialExpires: {
    fires: [
      ['in 29 days', { [expires('1')]: always(29 * day) }],
      ['two days ago', { [expires('1')]: always(-2 * day) }],
      ['in 29 days, and Graph does not always say so', { [expires('1')]: `${29 * day}x200 _x40` }, '119m'],
    ],
    silent: [
      ['in 40 days', { [expires('1')]: always(40 * day) }],
      ['the second one lasts', { [expires('1')]: always(2 * day), [expires('2')]: always(400 * day) }],
      ['nobody knows', {}],
    ],
  },
  GatehouseCredentialExpiresSoon: {
    fires: [
      ['in 6 days', { [expires('1')]: always(6 * day) }],
      ['yesterday', { [expires('1')]: always(-day) }],
    ],
    silent: [
      ['in 8 days', { [expires('1')]: always(8 * day) }],
      ['the second one lasts', { [expires('1')]: always(day), [expires('2')]: always(400 * day) }],
    ],
  },
  GatehouseEntraAway: {
    fires: [
      [
        'it does not answer',
        { [entra('refresh', 'ok')]: always(9), [entra('refresh', 'entra-unreachable')]: rising(1) },
      ],
      ['it never did', { [entra('metadata', 'entra-unreachable')]: rising(3) }],
    ],
    silent: [
      ['one call, once', { [entra('code', 'ok')]: always(1), [entra('code', 'entra-unreachable')]: once(1) }, '33m'],
      ['one in ten', { [entra('refresh', 'ok')]: rising(90), [entra('refresh', 'entra-unreachable')]: rising(10) }],
      ['people who cannot sign in for reasons of their own', { [entra('code', 'sign-in-refused')]: rising(5) }],
    ],
  },
  GatehouseGraphAway: {
    labels: { about: 'members' },
    fires: [
      ['it throttles', { [graph('members', 'ok')]: rising(2), [graph('members', 'throttled')]: rising(2) }],
      ['it does not answer', { [graph('members', 'unanswered')]: rising(1), [graph('names', 'ok')]: rising(99) }],
    ],
    silent: [
      ['one call, once', { [graph('members', 'ok')]: always(4), [graph('members', 'failed')]: once(1) }, '36m'],
      ['one in ten', { [graph('members', 'ok')]: rising(9), [graph('members', 'failed')]: rising(1) }],
      ['it refuses', { [graph('members', 'refused')]: rising(9) }],
    ],
  },
  GatehouseGraphRefused: {
    labels: { about: 'members' },
    fires: [
      ['a permission is missing', { [graph('members', 'ok')]: always(0), [graph('members', 'refused')]: rising(6) }],
      [
        'every other call is refused',
        { [graph('members', 'ok')]: rising(1), [graph('members', 'refused')]: rising(1) },
      ],
    ],
    silent: [
      ['one call, once', { [graph('members', 'ok')]: rising(2), [graph('members', 'refused')]: once(1) }, '40m'],
      ['Graph refuses wishes, as it may', { [graph('pim', 'refused')]: rising(5) }],
    ],
  },
  GatehouseRosterOld: {
    labels: { gate: 'members' },
    fires: [
      ['that of one gate of two', { [rosterAge()]: rising(30), [rosterAge('a', 'operators')]: always(5) }],
      [
        'that of one gate never came, while others do',
        { [polls('ok')]: always(0), [polls('failed')]: rising(5), [polls('ok', 'operators')]: rising(5) },
      ],
      ['nothing new comes', { [rosterAge()]: rising(30) }],
      ['one replica does not hear of it', { [rosterAge()]: always(5), [rosterAge('b')]: rising(30) }],
      ['it never came', { [polls('ok')]: always(0), [polls('failed')]: rising(5) }],
    ],
    silent: [
      ['it comes every two minutes', { [rosterAge()]: `${'0 30 60 90 121 '.repeat(48)}` }],
      ['there is none', { [polls('ok')]: always(0), [polls('failed')]: always(0) }],
      [
        'now and then it does not come',
        { [rosterAge()]: always(20), [polls('ok')]: rising(1), [polls('failed')]: rising(1) },
      ],
    ],
  },
  GatehouseCannotTell: {
    labels: { audience: 'members' },
    fires: [
      [
        'one in ten at a gate that few use, beside one that many use',
        {
          [decision('admit')]: rising(9),
          [decision('cannot-tell')]: rising(1),
          [decision('admit', 'operators')]: rising(900),
        },
      ],
      ['one in ten', { [decision('admit')]: rising(9), [decision('cannot-tell')]: rising(1) }],
      ['everybody, of few', { [decision('admit')]: always(3), [decision('cannot-tell')]: '0+1x240' }],
    ],
    silent: [
      ['one, once', { [decision('admit')]: always(3), [decision('cannot-tell')]: once(1) }, '36m'],
      ['one in a hundred', { [decision('admit')]: rising(99), [decision('cannot-tell')]: rising(1) }],
    ],
  },
  GatehouseProofsOld: {
    fires: [
      ['the grace is in use', proofsOf(250, 5, 60)],
      ['the grace is in use, where re-checks are far apart', proofsOf(550, 5, 300)],
      ['all are older than what is told apart', proofsOf(4000, 5, 60)],
      ['a release that does not say how far apart re-checks are', { ...proofsOf(250, 5, 60), [recheck]: '_x240' }],
    ],
    silent: [
      ['proofs are as old as they may be', proofsOf(60, 5, 60)],
      ['proofs are as old as they may be, where re-checks are far apart', proofsOf(290, 5, 300)],
      ['nobody comes', proofsOf(250, 0, 60)],
    ],
  },
  GatehouseSignInsNotProven: {
    fires: [['five within minutes', { [signIns('sign-in-not-proven')]: once(5) }, '35m']],
    silent: [
      ['two', { [signIns('sign-in-not-proven')]: once(2) }, '35m'],
      ['people who give up', { [signIns('sign-in-cancelled')]: rising(9) }],
    ],
  },
  GatehouseAuditLost: {
    fires: [
      ['one record', { [lost]: once(1), [began()]: always(-day) }, '35m'],
      ['one, before Prometheus looked for the first time', { [lost]: always(1), [began()]: always(0) }, '10m'],
    ],
    silent: [
      ['none', { [lost]: always(0), [began()]: always(0) }, '10m'],
      ['one, yesterday', { [lost]: always(1), [began()]: always(-day) }],
    ],
  },
  GatehouseAuditWebhookBehind: {
    fires: [
      ['records wait for half an hour', { [waiting()]: always(3), [waiting('b')]: always(3) }, '40m'],
      ['more and more of them', { [waiting()]: rising(1) }, '60m'],
    ],
    silent: [
      ['there is no webhook', {}],
      ['none waits', { [waiting()]: always(0) }],
      ['some wait now and then', { [waiting()]: '0+1x10 0+1x10 0+1x10 0+1x10 0+1x10 0+1x10 0+1x10 0+1x10' }, '40m'],
    ],
  },
  GatehouseAuditShortened: {
    fires: [
      ['records were lost', { [trailFault('shortened')]: once(1), [began()]: always(-day) }, '35m'],
      ['the tree was', { [trailFault('restored')]: once(1), [began()]: always(-day) }, '35m'],
      [
        'before Prometheus looked for the first time',
        { [trailFault('shortened')]: always(1), [began()]: always(0) },
        '10m',
      ],
    ],
    silent: [
      ['none', { [trailFault('shortened')]: always(0), [began()]: always(0) }, '10m'],
      ['yesterday', { [trailFault('shortened')]: always(1), [began()]: always(-day) }],
      ['something else was wrong', { [trailFault('differs')]: once(1), [began()]: always(-day) }, '35m'],
    ],
  },
  GatehouseAuditNotVerified: {
    fires: [['one of two replicas found it', { [verified('a')]: always(1), [verified('b')]: '1x60 0x180' }, '31m']],
    silent: [
      ['all is as it was', { [verified('a')]: always(1), [verified('b')]: always(1) }],
      ['nobody has looked yet', {}],
    ],
  },
  GatehouseAuditUncovered: {
    fires: [['no replica makes one', { [uncovered('a')]: rising(30), [uncovered('b')]: rising(30) }]],
    silent: [
      ['one comes every second', { [uncovered('a')]: always(1), [uncovered('b')]: always(2) }],
      ['one replica does not hear of it', { [uncovered('a')]: always(0), [uncovered('b')]: rising(30) }],
      ['for two minutes', { [uncovered('a')]: '0x60 30 60 90 120 150 0x180' }, '32m30s'],
    ],
  },
  GatehouseSetUpWrong: {
    fires: [
      ['one thing is', { [setUp('wrong')]: always(1), [setUp('right')]: always(48) }],
      ['one of two replicas knows', { [setUp('wrong', 'a')]: always(0), [setUp('wrong', 'b')]: '0x60 1x180' }, '31m'],
      ['the only replica was started anew a moment ago', { [setUp('wrong')]: '1x60 stale' }, '35m'],
    ],
    silent: [
      ['nothing is', { [setUp('wrong')]: always(0), [setUp('right')]: always(49) }],
      ['nothing can be told', { [setUp('wrong')]: always(0), [setUp('cannot-tell')]: always(49) }],
      ['nobody has checked yet', {}],
      ['it was mended', { [setUp('wrong')]: '1x60 0x180' }, '50m'],
    ],
  },
  GatehouseEventLoopLate: {
    labels: { instance: 'b' },
    fires: [['one of two is late', { [late('a')]: always(0.02), [late('b')]: always(0.3) }]],
    silent: [
      ['none is', { [late('a')]: always(0.02), [late('b')]: always(0.1) }],
      ['one was, for a moment', { [late('b')]: '0.02x60 0.5 0.5 0.02x180' }, '31m'],
    ],
  },
  GatehouseClockDiffers: {
    labels: { instance: 'b' },
    fires: [
      ['one is ahead', { [offset('a')]: always(2), [offset('b')]: always(45) }],
      ['one is behind', { [offset('a')]: always(-2), [offset('b')]: always(-45) }],
    ],
    silent: [
      ['all are within what is excused', { [offset('a')]: always(20), [offset('b')]: always(-20) }],
      ['nobody knows', {}],
      ['for a moment', { [offset('b')]: '0x60 90 90 0x180' }, '31m'],
    ],
  },
}

test('Prometheus takes the rules', () => expect(complaintOfRules()).toBeUndefined())

test('every alert is tried, whether it fires and whether it can be silent', () => {
  expect(Object.keys(cases)).toEqual(alertRules.map(({ alert }) => alert))
  for (const { fires, silent } of Object.values(cases)) expect(Math.min(fires.length, silent.length)).toBeGreaterThan(0)
})

describe.each(Object.entries(cases))('%s', (alert, { fires, silent, labels = {} }) => {
  const asked = ([, series, at = '110m']: Case, isFiring: boolean): Asked => ({
    alert,
    series,
    at,
    fires: isFiring ? labels : undefined,
  })
  const all = [...fires.map(each => asked(each, true)), ...silent.map(each => asked(each, false))]
  // All at once, because Prometheus takes long to start. Only where something is wrong, each is asked about alone.
  let complaint: string | undefined
  beforeAll(() => {
    complaint = complaintOf(all)
  })
  const expectIt = (one: Asked) => expect(complaint && complaintOf([one])).toBeUndefined()
  test.each(fires)('fires: %s', (...one) => expectIt(asked(one, true)))
  test.each(silent)('is silent: %s', (...one) => expectIt(asked(one, false)))
})
