import type { AuditRecord } from '../../../../src/audit/trail.ts'

/** 20 October, in the afternoon. */
export const afternoon = '2026-10-20T15:30:00.000Z'
export const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`

const person = (objectId: string, name: string) => ({ objectId, name, username: `${objectId}@contoso.example` })
export const people = {
  ana: person('oid-ana', 'Ana Costa'),
  sam: person('oid-sam', 'Sam Okoro'),
  kim: person('oid-kim', 'Kim Roe'),
  bot: person('oid-bot', 'Build Bot'),
  eve: person('oid-eve', hostile),
  long: person('oid-long', 'Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren'),
  tim: person('oid-tim', '=HYPERLINK("http://evil.example")'),
}
type Person = (typeof people)[keyof typeof people]
const day = (time: string) => (time.includes('-') ? `2026-${time}.000Z` : `2026-10-20T${time}:00.000Z`)

type Told = AuditRecord & { at: string }
const turnedOn = (who: Person, from: string, until: string, more: Partial<AuditRecord> = {}): Told[] => {
  const [at, act] = [day(from), `act-${who.objectId}-${from}`]
  const minutes = (Date.parse(day(until)) - Date.parse(at)) / 60_000
  const wish = { gate: 'members', act, actor: who, reason: 'Refund 8841', ticket: 'INC-20931', minutes, ...more }
  return [
    { ...wish, event: 'activationRequested', at },
    { ...wish, event: 'activationCompleted', at: at.replace('00.000', '02.000'), request: `r-${act}` },
  ]
}
const ended = (who: Person, at: string): Told => ({
  ...{ event: 'endingCompleted', gate: 'members', act: `end-${at}`, actor: who, at: day(at), status: 'revoked' },
})

/** What the trail of a small house says on that afternoon. */
export const october: Told[] = [
  {
    event: 'seenIn',
    gate: 'members',
    subject: people.bot,
    source: 'outside-pim',
    since: day('09-02T08:00:00'),
    at: day('09-02T08:00:20'),
  },
  {
    event: 'assignmentCompleted',
    gate: 'members',
    act: 'g1',
    actor: people.kim,
    subject: people.sam,
    kind: 'eligible',
    at: day('10-01T09:00:00'),
  },
  ...turnedOn(people.ana, '10-05T09:00:00', '10-05T20:00:00', { ticket: undefined }),
  {
    event: 'wrote',
    gate: 'members',
    actor: people.ana,
    page: '/refunds/:id',
    method: 'POST',
    status: 303,
    at: day('10-05T10:00:00'),
  },
  { event: 'refused', gate: 'members', actor: people.tim, code: 'not-a-member', at: day('10-06T10:00:00') },
  { event: 'refused', gate: 'members', actor: people.tim, code: 'not-a-member', at: day('10-06T10:01:00') },
  ...turnedOn(people.sam, '08:00', '10:00'),
  ...turnedOn(people.ana, '09:00', '11:00'),
  {
    event: 'activationRequested',
    gate: 'members',
    act: 'd1',
    actor: people.eve,
    reason: hostile,
    ticket: hostile,
    minutes: 60,
    at: day('09:10'),
  },
  { event: 'activationWaiting', gate: 'members', act: 'd1', actor: people.eve, request: 'r-d1', at: day('09:11') },
  {
    event: 'denialCompleted',
    gate: 'members',
    act: 'd2',
    actor: people.kim,
    subject: people.eve,
    request: 'r-d1',
    reason: 'No',
    at: day('09:40'),
  },
  ended(people.ana, '09:50'),
  {
    event: 'removalCompleted',
    gate: 'members',
    act: 'x1',
    actor: people.kim,
    subject: people.sam,
    kind: 'active',
    reason: 'Off the rota',
    at: day('09:55'),
  },
  ...turnedOn(people.tim, '11:00', '12:00', { reason: '=1+1', ticket: '@SUM(A1)', gate: 'administrators' }),
  ...turnedOn(people.sam, '12:30', '13:30'),
  {
    event: 'seenIn',
    gate: 'members',
    subject: people.long,
    source: 'turned-on',
    since: day('12:50'),
    until: day('14:50'),
    at: day('12:51'),
  },
  { event: 'seenOut', gate: 'members', subject: people.long, how: 'unknown', at: day('13:40') },
  ...turnedOn(people.ana, '14:00', '17:00'),
  {
    event: 'activationRequested',
    gate: 'members',
    act: 'w1',
    actor: people.eve,
    reason: 'Rota change',
    minutes: 60,
    at: day('14:45'),
  },
  { event: 'activationWaiting', gate: 'members', act: 'w1', actor: people.eve, request: 'r-w1', at: day('14:46') },
]
