import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createMeter } from '../../../src/meter/meter.ts'
import { version } from '../../../src/version.ts'
import { createMetrics } from '../../../src/web/entrance/metrics.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
type Come = {
  aheadSeconds?: number | undefined
  /** `none`: without Redis nobody counts the sessions. */
  sessions?: number | 'none'
  /** Left out: nobody counts the sessions of each gate. */
  atGates?: { gate: string; count: number }[]
  roster?: { askedAt: number; members: object } | undefined
  isBroken?: boolean
}

const opened: (() => void)[] = []
afterEach(() => {
  for (const close of opened.splice(0)) close()
})

/** The port of the metrics of a process in this state. */
async function metricsOf({ aheadSeconds, sessions = 'none', atGates, roster, isBroken }: Come = {}) {
  const meter = createMeter(['members', 'operators'])
  const countedAt: number[] = []
  const counted = <Found>(found: Found) => ({
    count: async (at: number) => {
      countedAt.push(at)
      return found
    },
  })
  const server = createMetrics({
    meter,
    clock: () => new Date(now),
    clockCheck: { aheadSeconds: () => aheadSeconds },
    expiry: {
      expiries: () => [
        { kind: 'client-secret', position: 1, expiresAt: 1_800_000_000_999 },
        { kind: 'certificate', position: 2, expiresAt: 1_900_000_000_000 },
      ],
    },
    config: {
      gates: [{ name: 'members', groupId: 'group' }, { name: 'operators' }],
      membership: { recheckMs: 60_000, graceMs: 300_000, roster: false, rosterMs: 10_000 },
    },
    census: sessions === 'none' ? undefined : counted(sessions),
    gateCensus: atGates && { counts: counted(atGates).count },
    gates: {
      all: [
        { name: 'members', news: { roster: () => roster } },
        { name: 'operators', news: { roster: () => undefined } },
      ],
    },
  } as never)
  if (isBroken) meter.registry.metrics = () => Promise.reject(new Error('broken'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  opened.push(() => void server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const ask = (path = '/metrics', method = 'GET') => fetch(origin + path, { method, headers: { Connection: 'close' } })
  return { ask, countedAt, meter }
}
const textOf = async (come: Come = {}) => (await (await metricsOf(come)).ask()).text()

describe('Prometheus', () => {
  test('is answered in its own format', async () => {
    const answer = await (await metricsOf()).ask()
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ])
  })

  test('is told so when the metrics cannot be read', async () => {
    expect((await (await metricsOf({ isBroken: true })).ask()).status).toBe(500)
  })

  test('may ask with HEAD', async () => {
    const answer = await (await metricsOf()).ask('/metrics', 'HEAD')
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })
})

test.each([
  ['/', 'GET'],
  ['/metrics/x', 'GET'],
  ['/metrics', 'POST'],
])('there is no %s for %s', async (path, method) => {
  expect((await (await metricsOf()).ask(path, method)).status).toBe(404)
})

describe('a gauge says', () => {
  const roster = { askedAt: now - 2_500, members: { one: {}, two: {}, three: {} } }
  const gauges: [what: string, come: Come, line: string, help: string][] = [
    ['which release runs', {}, `gatehouse_build_info{version="${version}"} 1`, 'Which release runs; always 1.'],
    [
      'how far the clock is off',
      { aheadSeconds: -1.5 },
      'gatehouse_clock_offset_seconds -1.5',
      'How far the clock of this replica is ahead of that of Redis; negative: behind.',
    ],
    [
      'when a credential runs out',
      {},
      'gatehouse_credential_expires_timestamp_seconds{kind="client-secret",position="1"} 1800000000',
      'When a credential of the application runs out, by its kind and its place in the setting.',
    ],
    [
      'when another credential runs out',
      {},
      'gatehouse_credential_expires_timestamp_seconds{kind="certificate",position="2"} 1900000000',
      'When a credential of the application runs out, by its kind and its place in the setting.',
    ],
    [
      'how long somebody who was removed may be inside',
      {},
      'gatehouse_gate_worst_case_seconds{gate="operators"} 360',
      'Longest time from a removal until the person is refused, whatever fails.',
    ],
    [
      'how often memberships are asked for',
      {},
      'gatehouse_gate_recheck_seconds 60',
      'A membership proven longer ago than this is asked for again.',
    ],
    [
      'how many sessions are open',
      { sessions: 7 },
      'gatehouse_sessions 7',
      'Open sessions, those of all replicas together.',
    ],
    [
      'how many sessions are open at a gate',
      {
        atGates: [
          { gate: 'members', count: 0 },
          { gate: 'operators', count: 5 },
        ],
      },
      'gatehouse_gate_sessions{gate="operators"} 5',
      'Open sessions of members of a gate, as each session last knew, those of all replicas together.',
    ],
    [
      'how old the roster is',
      { roster },
      'gatehouse_roster_age_seconds{gate="members"} 2.5',
      'How long ago the roster in hand of a gate was asked for.',
    ],
    [
      'how many people the roster names',
      { roster },
      'gatehouse_roster_members{gate="members"} 3',
      'How many people the roster in hand of a gate names.',
    ],
  ]
  test.each(gauges)('%s', async (_what, come, line) => {
    expect((await textOf(come)).split('\n')).toContain(line)
  })
  test.each(gauges)('%s, and explains itself', async (_what, come, line, help) => {
    expect(await textOf(come)).toContain(`# HELP ${line.split(/[ {]/)[0]} ${help}`)
  })

  test('that a roster from the future is new', async () => {
    const ahead = { askedAt: now + 5_000, members: {} }
    expect((await textOf({ roster: ahead })).split('\n')).toContain('gatehouse_roster_age_seconds{gate="members"} 0')
  })

  test('that a gate has no sessions', async () => {
    const text = await textOf({ atGates: [{ gate: 'members', count: 0 }] })
    expect(text.split('\n')).toContain('gatehouse_gate_sessions{gate="members"} 0')
  })

  test('how much memory the process has', async () => {
    expect(await textOf()).toMatch(/^process_resident_memory_bytes [1-9]/m)
  })
})

test.for<[what: string, come: Come]>([
  ['sessions', { sessions: 1 }],
  ['sessions of each gate', { atGates: [{ gate: 'members', count: 1 }] }],
])('%s are counted as of now', async ([_what, come], { expect }) => {
  const { ask, countedAt } = await metricsOf(come)
  await (await ask()).text()
  expect(countedAt).toEqual([now])
})

test.each([
  'gatehouse_clock_offset_seconds',
  'gatehouse_sessions',
  'gatehouse_gate_sessions',
  'gatehouse_roster_age_seconds',
  'gatehouse_roster_members',
])('%s is not there, rather than 0, where it cannot be known', async name => {
  expect(await textOf()).not.toMatch(new RegExp(`^${name}[ {]`, 'm'))
})

describe('an act of a person', () => {
  test('is counted at its gate alone', async () => {
    const { ask, meter } = await metricsOf()
    meter.act({ gate: 'operators', act: 'extension', step: 'completed' })
    const lines = (await (await ask()).text())
      .split('\n')
      .filter(line => line.includes('act="extension",step="completed"'))
    expect(lines).toEqual([
      'gatehouse_acts_total{gate="members",act="extension",step="completed"} 0',
      'gatehouse_acts_total{gate="operators",act="extension",step="completed"} 1',
    ])
  })
})
