import { setImmediate as settled } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { chanceFrom } from './chance.ts'
import { createWorld, graceMs, isMember, leftAt, type Person, recheckMs, type Seen, type World } from './simulated.ts'

const worlds = 400
const sessionsPerWorld = 25
const visitsPerSession = 12
const lastsMs = 25 * 60_000
const rosterMs = 15_000
const longestAnswerMs = 4_000
/** A "no" is remembered for five seconds, and an answer may be on its way. */
const settlingMs = 5_000 + longestAnswerMs + 1_000
const clockToleranceMs = 30_000

type Event = { at: number; happen: () => void }
/** What may not happen. Each finding is one request that it happened to. */
type Findings = Record<
  'pastKnownEnd' | 'provenInTheFuture' | 'removedTooLong' | 'removedWhileAnswered' | 'refusedRightfully',
  string[]
>
type Tally = { visits: number; admitted: number; refused: number; untold: number; afterAnEnd: number; extended: number }

/** Everything that happens in one world, in the order of its times; what happens may bring more about. */
class Agenda {
  readonly #events: Event[] = []
  add(at: number, happen: () => void) {
    const index = this.#events.findLastIndex(event => event.at <= at)
    this.#events.splice(index + 1, 0, { at, happen })
  }
  next = () => this.#events.shift()
}

async function live(seed: number, findings: Findings, tally: Tally): Promise<void> {
  const chance = chanceFrom(seed)
  const world = createWorld({
    size: sessionsPerWorld,
    hasRoster: chance.isLucky(0.7),
    start: Date.parse('2026-03-02T12:00:00Z'),
    answersAfter: () => after(chance.isLucky(0.2) ? chance.between(1, longestAnswerMs) : 0),
  })
  const agenda = new Agenda()
  const stepped = { at: -Infinity, backAt: -Infinity }

  for (const person of world.people) {
    person.viaPim = chance.isLucky(0.8)
    if (chance.isLucky(0.85)) join(person)
  }
  world.poll()
  for (const person of world.people) {
    world.signIn(person)
    planChanges(person)
    planVisits(person, visitsPerSession)
  }
  for (let at = rosterMs; at < lastsMs; at += rosterMs) agenda.add(at, world.poll)
  if (chance.isLucky(0.7)) planOutages()
  if (chance.isLucky(0.5)) planClockSteps()

  for (let event = agenda.next(); event; event = agenda.next()) {
    world.time.elapsed = event.at
    event.happen()
    await settled()
  }

  /** Resolves when so much time has passed there. */
  async function after(ms: number): Promise<void> {
    if (ms > 0) await new Promise<void>(resolve => agenda.add(world.time.elapsed + ms, resolve))
  }

  function join(person: Person) {
    const now = world.now()
    person.joinedAt = world.time.elapsed
    person.spans.push({ from: now, ...(person.viaPim && { until: now + chance.between(60_000, lastsMs) }) })
  }

  function planChanges(person: Person) {
    for (let at = chance.between(0, lastsMs / 2); at < lastsMs; at += chance.between(60_000, lastsMs))
      agenda.add(at, () => change(person))
  }

  /** Removed before the end, or extended, or in again. */
  function change(person: Person) {
    const now = world.now()
    const span = person.spans.find(({ from, until = Infinity }) => from <= now && now < until)
    if (!span) join(person)
    else if (span.until === undefined || chance.isLucky(0.5)) span.until = now
    else {
      span.until += chance.between(1_000, 600_000)
      tally.extended += 1
    }
  }

  function planVisits(person: Person, left: number) {
    if (left === 0) return
    agenda.add(nextVisit(person), () => {
      visit(person)
      planVisits(person, left - 1)
    })
  }

  /** Often at the very instants where something turns. */
  function nextVisit(person: Person): number {
    const { elapsed, offset } = world.time
    const soon = elapsed + chance.between(1, 120_000)
    const end = person.spans.at(-1)?.until
    const proven = world.provenAt(person)
    const turns = [end, proven + 45_000, proven + recheckMs, proven + recheckMs + graceMs].map(at => (at ?? 0) - offset)
    const exact = chance.of(turns) + chance.of([-1, 0, 1, 999, 1_001])
    return chance.isLucky(0.5) && exact > elapsed && exact < lastsMs ? exact : soon
  }

  function visit(person: Person) {
    world.visit(person).then(seen => judge(seen, world, { findings, tally, stepped }))
  }

  function planOutages() {
    for (let at = chance.between(0, 300_000); at < lastsMs; at += chance.between(60_000, 600_000)) {
      const which = chance.of(['refresh', 'roster', 'both'])
      const until = at + chance.between(1_000, 480_000)
      agenda.add(at, () => turn(which, false))
      agenda.add(until, () => turn(which, true))
      at = until
    }
  }

  function turn(which: string, isUp: boolean) {
    if (which !== 'roster') world.up.refresh = isUp
    if (which !== 'refresh') world.up.roster = isUp
    world.up.since = world.time.elapsed
  }

  function planClockSteps() {
    for (let count = chance.between(1, 4); count > 0; count--)
      agenda.add(chance.between(0, lastsMs), () => {
        const by = chance.of([-1, 1]) * chance.between(clockToleranceMs + 1_000, 3_600_000)
        world.time.offset += by
        stepped.at = world.time.elapsed
        if (by < 0) stepped.backAt = stepped.at
      })
  }
}

type Judging = { findings: Findings; tally: Tally; stepped: { at: number; backAt: number } }

function judge(
  { person, at, startedAt, decision, membership, learnedAt }: Seen,
  world: World,
  { findings, tally, stepped }: Judging,
) {
  const { up, time } = world
  const isRightful = isMember(person, at)
  const isAdmitted = decision.outcome === 'admit'
  const hasAnswers = up.refresh && up.roster && up.since <= startedAt && !world.isPaused(person)
  const found = () => JSON.stringify({ at, elapsed: time.elapsed, spans: person.spans, decision, membership })
  tally.visits += 1
  if (isAdmitted) tally.admitted += 1
  else if (decision.outcome === 'refuse') tally.refused += 1
  else tally.untold += 1

  const ahead = membership === 'unknown' ? 0 : membership.provenAt - at
  if (isAdmitted && ahead > clockToleranceMs) findings.provenInTheFuture.push(found())
  // A clock that was set back a little makes what was true later count: that much is tolerated.
  if (isAdmitted && !isRightful && ahead <= 0) {
    tally.afterAnEnd += 1
    const left = leftAt(person, at)
    // Before they were ever in: the clock was set back so far.
    const late = left === -Infinity ? 0 : at - left
    // The decision is made at an instant: stricter than the second that an answer under way may take.
    const end = world.knownEnd(person) ?? Infinity
    if (at >= end && left <= end) findings.pastKnownEnd.push(found())
    if (late > recheckMs + graceMs + clockToleranceMs) findings.removedTooLong.push(found())
    const isAnsweredFor = time.elapsed - up.since
    if (hasAnswers && isAnsweredFor > recheckMs + settlingMs && stepped.backAt === -Infinity && late >= recheckMs)
      findings.removedWhileAnswered.push(found())
  }
  const isSettled =
    isMember(person, at - settlingMs) &&
    time.elapsed - person.joinedAt > settlingMs &&
    time.elapsed - stepped.backAt > recheckMs &&
    // Learned before the clock was set back, and nobody came until it was that late again: taken for one of now.
    learnedAt >= stepped.backAt &&
    time.elapsed - stepped.at > settlingMs &&
    // Half a minute of tolerance for clocks goes both ways: a "no" dated ahead by less is taken for one of now.
    ahead <= 0
  if (isRightful && !isAdmitted && hasAnswers && isSettled) findings.refusedRightfully.push(found())
}

test('10,000 people with random ends: none is in past a known end, and none is refused who belongs in', async () => {
  const findings: Findings = {
    pastKnownEnd: [],
    provenInTheFuture: [],
    removedTooLong: [],
    removedWhileAnswered: [],
    refusedRightfully: [],
  }
  const tally: Tally = { visits: 0, admitted: 0, refused: 0, untold: 0, afterAnEnd: 0, extended: 0 }
  for (let seed = 1; seed <= worlds; seed++) await live(seed, findings, tally)

  const counts = Object.entries(findings).map(([name, list]) => `${name}: ${list.length} ${list[0] ?? ''}`)
  expect(counts).toEqual(Object.keys(findings).map(name => `${name}: 0 `))
  // All of it did happen.
  expect(tally.visits).toBe(worlds * sessionsPerWorld * visitsPerSession)
  for (const count of Object.values(tally)) expect(count).toBeGreaterThan(worlds)
}, 60_000)
