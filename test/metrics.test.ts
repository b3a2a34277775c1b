import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect } from 'vitest'
import { doorOf, outcomeOf, subjectOf } from '../src/labels.ts'
import { createMetrics } from '../src/web/entrance/metrics.ts'
import { testIn } from './support/test-in.ts'

/** The metrics before anything has happened. */
let atFirst: string
let scrape: () => Promise<string>
let close: () => void
const test = testIn({
  now: '2026-03-02T12:00:00Z',
  settings: {
    METRICS_PORT: '9464',
    MEMBERSHIP_ROSTER: 'on',
    // Nobody listens there.
    AUDIT_WEBHOOK_URL: 'http://127.0.0.1:9/hook',
    AUDIT_WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  },
  tenant: {
    switches: {
      appPermissions: [
        'PrivilegedAssignmentSchedule.Read.AzureADGroup',
        'GroupMember.Read.All',
        'Application.Read.All',
      ],
    },
  },
})
test.beforeAll(async ({ house }) => {
  const server = createMetrics(house.services)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
  scrape = async () => (await fetch(url, { headers: { Connection: 'close' } })).text()
  close = () => server.close()
  atFirst = await scrape()
  // Unknown before the set-up was checked, and then known for every verdict.
  expect(atFirst).not.toContain('gatehouse_setup_findings{')
  await house.services.dailyCheck.look()
  atFirst += (await scrape()).match(/^gatehouse_setup_findings\{.*\n/gm)?.join('')
})
afterAll(async () => {
  close()
})

/** The value of a line of the metrics; 0 where it has not been counted yet. */
async function amountOf(line: string): Promise<number> {
  const found = (await scrape()).split('\n').find(each => each.startsWith(`${line} `))
  return Number(found?.split(' ').at(-1) ?? 0)
}
/** By how much lines grow while something happens; what is counted when an answer is sent takes its moment. */
async function growth(lines: Record<string, number>, work: () => Promise<unknown>): Promise<void> {
  const before = await Promise.all(Object.keys(lines).map(amountOf))
  await work()
  await expect
    .poll(async () =>
      (await Promise.all(Object.keys(lines).map(amountOf))).map((value, at) => value - (before[at] ?? 0)),
    )
    .toEqual(Object.values(lines))
}

describe('the metrics count', () => {
  const request = (door: string, outcome: string) => `gatehouse_requests_total{door="${door}",outcome="${outcome}"}`
  const decision = (audience: string, outcome: string, reason: string) =>
    `gatehouse_gate_decisions_total{audience="${audience}",outcome="${outcome}",reason="${reason}"}`
  const signIn = (outcome: string) => `gatehouse_sign_ins_total{outcome="${outcome}"}`

  test('a sign-in, the page after it, and how old its proof was', async ({ house }) => {
    await growth(
      {
        [request('sign-in', 'redirected')]: 1,
        [request('callback', 'redirected')]: 1,
        [request('gated', 'ok')]: 1,
        [signIn('signed-in')]: 1,
        [decision('members', 'admit', 'admitted')]: 1,
        gatehouse_gate_proof_age_seconds_count: 1,
        'gatehouse_entra_call_duration_seconds_count{call="code",result="ok"}': 1,
        gatehouse_sessions: 1,
      },
      () => house.visitor('alice'),
    )
  })

  test('refusals, with their reason', async ({ house }) => {
    await growth({ [request('gated', 'refused')]: 1, [decision('members', 'refuse', 'not-a-member')]: 1 }, () =>
      house.visitor('oskar'),
    )
    const nobody = await house.visitor('alice', { signIn: false })
    await growth({ [decision('signed-in', 'sign-in', 'not-signed-in')]: 1 }, () => nobody.get('/'))
  })

  test('sign-ins that fail, by what was wrong', async ({ house }) => {
    const ada = await house.visitor('ada', { signIn: false })
    house.tenant.set({ lie: { oid: 'x' } })
    await growth({ [signIn('sign-in-not-proven')]: 1, [request('callback', 'bad-request')]: 1 }, () => ada.signIn('/'))
    house.tenant.set({ lie: {}, tokenError: { what: '503', on: 'code', when: 'next' } })
    await growth(
      {
        [signIn('entra-unreachable')]: 1,
        'gatehouse_entra_call_duration_seconds_count{call="code",result="entra-unreachable"}': 1,
      },
      () => ada.signIn('/'),
    )
  })

  test('sessions that end', async ({ house }) => {
    const alice = await house.visitor('alice')
    await growth({ gatehouse_sessions: -1, [request('sign-out', 'ok')]: 1 }, () => alice.post('/auth/sign-out'))
    house.clock.advance({ hours: 1 })
    expect(await amountOf('gatehouse_sessions')).toBe(0)
  })

  test('a session that is in use is not over', async ({ house }) => {
    const alice = await house.visitor('alice')
    for (const _each of [1, 2, 3, 4]) {
      house.clock.advance({ minutes: 15 })
      await alice.get('/')
    }
    await expect.poll(() => amountOf('gatehouse_sessions')).toBe(1)
  })

  test('a client secret that is refused, by its place', async ({ house }) => {
    const ada = await house.visitor('ada', { signIn: false })
    house.tenant.credentials.removeSecret(house.tenant.clientSecret)
    await growth(
      {
        'gatehouse_client_secret_refusals_total{position="1"}': 1,
        'gatehouse_entra_call_duration_seconds_count{call="code",result="sign-in-misconfigured"}': 1,
      },
      () => ada.signIn('/'),
    )
    house.tenant.credentials.addSecret(house.tenant.clientSecret)
  })
})

test('the roster is there with its age and size, and Graph is timed', async ({ house }) => {
  house.clock.advance({ minutes: 1 })
  await expect.poll(() => amountOf('gatehouse_roster_age_seconds{gate="members"}')).toBe(0)
  house.clock.advance({ seconds: 7 })
  expect(await amountOf('gatehouse_roster_age_seconds{gate="members"}')).toBe(7)
  expect(await amountOf('gatehouse_roster_members{gate="members"}')).toBeGreaterThan(0)
  expect(await amountOf('gatehouse_graph_call_duration_seconds_count{about="members",result="ok"}')).toBeGreaterThan(0)
})

test('which release runs is there', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  expect(await amountOf(`gatehouse_build_info{version="${version}"}`)).toBe(1)
})

test('Redis, the event loop, the worst case and the end of the credential are measured', async ({ house }) => {
  await house.services.expiry.look()
  expect(await amountOf('gatehouse_redis_command_duration_seconds_count{result="ok"}')).toBeGreaterThan(0)
  expect(await amountOf('gatehouse_gate_worst_case_seconds{gate="members"}')).toBe(360)
  expect(await scrape()).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m)
  const until = await amountOf('gatehouse_credential_expires_timestamp_seconds{kind="secret",position="1"}')
  expect(until - house.clock.read().getTime() / 1000).toBeGreaterThan(600 * 24 * 3600)
})

describe('no label names people, paths, ids or hosts', () => {
  test('whatever they ask for', async ({ house }) => {
    const alice = await house.visitor('alice')
    for (const path of ['/x1', '/x2?y=z', '/auth/x3', '/assets/x4.css', '/%00', '/hooks/x5']) await alice.get(path)
    const text = await scrape()
    const labels = new Set([...text.matchAll(/^gatehouse_\w+\{([^}]*)\}/gm)].flatMap(([, all = '']) => all.split(',')))
    const allowed =
      /^(door|outcome|audience|reason|call|result|about|kind|position|verdict|gate|step)="[a-z0-9-]{1,30}"$|^(act|kind)="[a-zA-Z]{1,30}"$|^version="\d+\.\d+\.\d+"$|^le="(\d+(\.\d+)?|\+Inf)"$/
    expect([...labels].filter(label => !allowed.test(label))).toEqual([])
    for (const { oid, username, key } of house.tenant.people) {
      expect(text).not.toContain(oid)
      expect(text).not.toContain(username)
      expect(text).not.toMatch(new RegExp(`"${key}"`))
    }
    expect(text).not.toMatch(/x[1-5]|127\.0\.0\.1|localhost/)
  })

  test.each([
    ['/auth/callback', 'callback'],
    ['/auth/callback/', 'gated'],
    ['/auth/front-channel-logout', 'front-channel-logout'],
    ['/health/ready', 'health'],
    ['/health/x', 'gated'],
    ['/assets/site.css', 'assets'],
    ['/hooks/graph', 'hooks'],
    ['/approvals/3f1c5a52', 'gated'],
    ['*', 'gated'],
  ])('%s is the door %s', (path, door) => {
    expect(doorOf(path)).toBe(door)
  })

  test.each([
    [200, 'ok'],
    [303, 'redirected'],
    [400, 'bad-request'],
    [401, 'refused'],
    [403, 'refused'],
    [404, 'not-found'],
    [415, 'bad-request'],
    [429, 'limited'],
    [500, 'failed'],
    [503, 'unavailable'],
    ['aborted', 'aborted'],
  ] as const)('%s is the outcome %s', (status, outcome) => {
    expect(outcomeOf(status)).toBe(outcome)
  })

  const graph = 'https://graph.microsoft.com/v1.0'
  test.each([
    ['/me/checkMemberGroups', 'membership'],
    ['/groups/5b0d7e19/members?$select=id', 'members'],
    ['/identityGovernance/privilegedAccess/group/assignmentScheduleInstances?$filter=x', 'pim'],
    ['/policies/roleManagementPolicyAssignments', 'pim'],
    ['/subscriptions/7', 'subscription'],
    ["/applications(appId='x')", 'application'],
    ['/users/7', 'names'],
    ['/anything', 'other'],
  ])('%s is about %s', (path, about) => {
    expect(subjectOf(graph + path)).toBe(about)
  })
})

const alerts = readFileSync('infra/observability/alerts.yaml', 'utf8')
const dashboard = JSON.parse(readFileSync('infra/observability/grafana-dashboard.json', 'utf8'))
const docs = readFileSync('docs/observability.md', 'utf8')

/** The names of the metrics in an expression, with the endings that Prometheus gives to the parts of a histogram. */
const namesIn = (expression: string) => expression.match(/\b(gatehouse|nodejs|process)_\w+/g) ?? []
/** Names and types, as they are exported. */
async function exported(): Promise<string[]> {
  const found = [...(await scrape()).matchAll(/^# TYPE (\w+) (\w+)$/gm)]
  return found.flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['bucket', 'sum', 'count'].map(part => `${name}_${part}`) : [name],
  )
}
const unknownIn = async (expression: string) => {
  const known = await exported()
  return namesIn(expression).filter(name => !known.includes(name))
}

describe('the alert rules', () => {
  type Rule = { alert: string; expr: string; for?: string; severity?: string; summary?: string; do?: string }
  /** Reads the one way in which they are written, and nothing else: a line that does not fit is a mistake. */
  function rulesIn(text: string): Rule[] {
    const rules: Rule[] = []
    for (const line of text.split('\n').filter(each => each && !each.startsWith('#'))) {
      const begun = /^ {6}- alert: (\w+)$/.exec(line)
      const member = /^ {8}(expr|for): (.+)$/.exec(line) ?? /^ {10}(severity|summary|do): (.+)$/.exec(line)
      if (begun) rules.push({ alert: begun[1] ?? '', expr: '' })
      else if (member) Object.assign(rules.at(-1) as Rule, { [member[1] ?? '']: member[2] })
      else if (!/^(groups:| {2}- name: gatehouse| {4}rules:| {8}(labels|annotations):)$/.test(line))
        throw new Error(`not understood: ${line}`)
    }
    return rules
  }
  const rules = rulesIn(alerts)

  test('are there, each once', () => {
    expect(rules.length).toBeGreaterThan(10)
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  })

  test.each(rules.map(rule => [rule.alert, rule] as const))(
    '%s says how bad it is, what it is and what to do',
    (_name, rule) => {
      expect(rule.severity).toMatch(/^(warning|critical)$/)
      expect(rule.summary).toMatch(/^[A-Z].{10,150}\.$/)
      expect(rule.do).toMatch(/^[A-Z].{20,250}\.$/)
      expect(rule.for ?? '1m').toMatch(/^\d+[mh]$/)
      // Text that YAML would read as something else.
      for (const text of [rule.expr, rule.summary, rule.do]) expect(text).not.toMatch(/^["'{[&*!|>%@`]|: | #/)
      expect(docs).toContain(`\`${rule.alert}\``)
    },
  )

  test.each(rules.map(rule => [rule.alert, rule] as const))('%s asks for metrics that exist', async (_name, rule) => {
    expect(namesIn(rule.expr).length + Number(rule.expr.includes('up{'))).toBeGreaterThan(0)
    expect(await unknownIn(rule.expr)).toEqual([])
    expect(rule.expr.split('(').length).toBe(rule.expr.split(')').length)
  })

  test('a rule about a metric that is not there would be seen', async () => {
    expect(await unknownIn('rate(gatehouse_nothing_total[5m])')).toEqual(['gatehouse_nothing_total'])
    expect(() => rulesIn('      - alert: X\n        labls:')).toThrow('labls')
  })
})

describe('the dashboard', () => {
  type Panel = { id: number; title: string; type: string; targets?: { expr: string; refId: string }[]; gridPos: object }
  const panels: Panel[] = dashboard.panels

  test('is one that Grafana imports: a title, an id of its own, a source to choose', () => {
    expect(dashboard).toMatchObject({ title: 'Gatehouse', uid: 'gatehouse', schemaVersion: expect.any(Number) })
    expect(dashboard.templating.list[0]).toMatchObject({ name: 'source', type: 'datasource', query: 'prometheus' })
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  })

  test.each(panels.map(panel => [panel.title, panel] as const))(
    '%s shows metrics that exist',
    async (_title, panel) => {
      expect(panel.gridPos).toEqual({
        h: expect.any(Number),
        w: expect.any(Number),
        x: expect.any(Number),
        y: expect.any(Number),
      })
      expect(panel.targets?.length).toBeGreaterThan(0)
      for (const { expr } of panel.targets ?? []) {
        expect(namesIn(expr).length).toBeGreaterThan(0)
        expect(await unknownIn(expr)).toEqual([])
      }
    },
  )
})

/** Samples of what is counted, as name and labels. */
const countedIn = (text: string) => {
  const counted = [...text.matchAll(/^# TYPE (gatehouse_\w+) (?:counter|histogram)$/gm)].map(([, name = '']) => name)
  const samples = [...text.matchAll(/^(gatehouse_\w+(?:\{[^}]*\})?) /gm)].map(([, sample = '']) => sample)
  return samples.filter(sample => counted.some(name => sample.startsWith(name)))
}

test('what is counted was there from the start: of what first appears with 1, Prometheus sees no increase', async () => {
  expect(countedIn(atFirst).length).toBeGreaterThan(100)
  const later = countedIn(await scrape())
  expect(later.filter(sample => !countedIn(atFirst).includes(sample))).toEqual([])
})

test('the alerts and the dashboard ask for values of labels that there are, from the start', () => {
  const asked = [...alerts.split('\n').filter(line => line.includes('expr: ')), JSON.stringify(dashboard)].join('\n')
  const matchers = [...asked.replaceAll('\\"', '"').matchAll(/\b(gatehouse_\w+)\{([^}]+)\}/g)].flatMap(
    ([, name = '', all = '']) =>
      [...all.matchAll(/(\w+)(?:=~|!~|!=|=)"([^"]+)"/g)].flatMap(([, label = '', values = '']) =>
        values.split('|').map(value => ({ name, label, value })),
      ),
  )
  expect(matchers.length).toBeGreaterThan(10)
  const isThere = ({ name, label, value }: (typeof matchers)[number]) =>
    new RegExp(`^${name}\\{[^}]*\\b${label}="${value.replace('+', '\\+')}"`, 'm').test(atFirst)
  expect(matchers.filter(matcher => !isThere(matcher))).toEqual([])
})

test('every metric of ours is explained, and none that does not exist', async () => {
  const ours = [...(await scrape()).matchAll(/^# TYPE (gatehouse_\w+) /gm)].map(([, name]) => name)
  const explained = [...docs.matchAll(/^\| `(gatehouse_\w+)` \|/gm)].map(([, name]) => name)
  expect(explained.toSorted()).toEqual(ours.toSorted())
})

test('names follow Prometheus: a unit at the end, _total for what is counted', async () => {
  for (const [, name = '', type] of (await scrape()).matchAll(/^# TYPE (gatehouse_\w+) (\w+)$/gm)) {
    if (type === 'counter') expect(name).toMatch(/_total$/)
    else if (type === 'histogram') expect(name).toMatch(/_seconds$/)
    else expect(name).toMatch(/_seconds$|_sessions$|_members$|_records$|_verified$|_findings$|_info$/)
  }
})
