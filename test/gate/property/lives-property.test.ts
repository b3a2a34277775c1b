import { setImmediate as settled } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isPlanOver } from '../../../src/gate/plan/phase.ts'
import { chanceFrom } from './chance.ts'
import { createLife, graceMs, type Life, recheckMs, rosterMs, type Seen } from './one-life.ts'

const lives = Number(process.env.LIVES ?? 1_000)
const visitsPerLife = 520
const mostSessions = 12
const second = 1_000
const start = Date.parse('2026-03-02T12:00:00Z')
const mostSkewMs = 25 * second
/** A "no" is remembered for five seconds of any clock, PIM is asked every ten, and a failure pauses for five. */
const settlingMs = 20 * second + mostSkewMs

type Findings = Record<'pastKnownEnd' | 'removedTooLong' | 'refusedRightfully' | 'signedOut', string[]>
type Tally = Record<'visits' | 'admitted' | 'refused' | 'ended' | 'removed' | 'turnedOnAgain' | 'outages', number>

async function live(seed: number, findings: Findings, tally: Tally): Promise<void> {
  const chance = chanceFrom(seed)
  const skew = () => chance.of([0, 1, -1]) * chance.between(0, mostSkewMs + 1)
  const tokenLagMs = chance.between(0, 60) * second
  const life = createLife({
    start,
    skewsMs: [skew(), skew()],
    tokenLagMs,
    listLagMs: chance.between(0, 4) * second,
    hasRoster: chance.isLucky(0.4),
  })
  const { time, up, periods } = life
  const since = { up: start, change: start }
  let born = 0
  let polledAt = 0
  let outageUntil = 0
  let waiting: { id: string; since: number; until: number } | undefined
  await turnOn()
  await signIn()

  for (let visit = 0; visit < visitsPerLife; visit++) {
    pass()
    if (chance.isLucky(0.04)) await change()
    if (chance.isLucky(0.03)) await comeOrGo()
    const id = chance.of([...life.sessions.keys()])
    const index = chance.between(0, 2)
    // Only for the judgement of somebody who is let in without access, and costly to read.
    const before = life.isActive(time.now) ? undefined : await life.known()
    const seen =
      waiting && waiting.until > time.now && life.sessions.has(waiting.id) && chance.isLucky(0.5)
        ? await life.wait(waiting.id, index, waiting.since)
        : await life.visit(id, index)
    tally.visits += 1
    judge(seen, { before, id, index })
    // What goes on in the background comes to its end.
    await settled()
  }

  /** Time passes, often to the very instants at which something turns. */
  function pass(): void {
    const end = (periods.at(-1)?.until ?? 0) + chance.of([-1, 0, 1, 999, 1_001, 30_000, -26_000, 26_000])
    const soon = time.now + chance.between(1, chance.isLucky(0.1) ? 70_000 : 9_000)
    time.now = chance.isLucky(0.04) && end > time.now && end - time.now < 600_000 ? end : soon
    if (outageUntil > 0 && time.now >= outageUntil) {
      Object.assign(up, { entra: true, graph: true })
      outageUntil = 0
      since.up = time.now
    }
    if (outageUntil === 0 && chance.isLucky(0.012)) {
      const which = chance.of(['entra', 'graph', 'both'])
      if (which !== 'graph') up.entra = false
      if (which !== 'entra') up.graph = false
      outageUntil = time.now + chance.between(5, 480) * second
      since.up = Infinity
      tally.outages += 1
    }
    if (time.now - polledAt >= rosterMs) {
      life.poll(chance.between(0, 2))
      polledAt = time.now
    }
  }

  async function change(): Promise<void> {
    const running = periods.find(({ from, until, endedAt }) => from <= time.now && time.now < (endedAt ?? until))
    if (!running) return turnOn()
    if (time.now - running.from < 5 * 60_000) return
    const id = chance.of([...life.sessions.keys()])
    if (chance.isLucky(0.6)) {
      // PIM's lists name what was turned on by now, so this is the person's own period.
      const ended = await life.endNow(id, chance.between(0, 2))
      if (ended.ended) tally.ended += 1
    } else {
      running.endedAt = time.now
      tally.removed += 1
    }
    since.change = time.now
  }

  async function turnOn(): Promise<void> {
    if (periods.length > 0) tally.turnedOnAgain += 1
    periods.push({ from: time.now, until: time.now + chance.between(5 * 60, 25 * 60) * second })
    since.change = time.now
    const id = [...life.sessions.keys()].at(-1)
    if (id) waiting = { id, since: life.nowAt(chance.between(0, 2)), until: time.now + 60 * second }
  }

  async function comeOrGo(): Promise<void> {
    if (life.sessions.size < mostSessions && up.entra && chance.isLucky(0.7)) await signIn()
    else if (life.sessions.size > 1) life.sessions.delete(chance.of([...life.sessions.keys()]))
  }

  async function signIn(): Promise<void> {
    born += 1
    await life.signIn(`session ${born}`, chance.between(0, 2))
  }

  function judge(
    { decision, now }: Seen,
    { before, id, index }: { before: Awaited<ReturnType<Life['known']>>; id: string; index: number },
  ): void {
    const isRightful = life.isActive(time.now)
    const isAdmitted = decision.outcome === 'admit'
    tally[isAdmitted ? 'admitted' : 'refused'] += 1
    const at = () =>
      `${seed}, ${(time.now - start) / second} s, ${id}, replica ${index}: ${JSON.stringify({ decision, before, now, periods, record: life.sessions.get(id) })}`
    if (decision.outcome === 'sign-in') findings.signedOut.push(at())
    const from = periods.at(-1)?.from ?? 0
    // Of the last period, that is: the end of a new one that nobody could learn yet is not known.
    const isOfLast = before !== undefined && (before.from === from || (before.endedAt ?? 0) >= from + mostSkewMs)
    const isKnownToBeOver = isOfLast && isPlanOver(before, now)
    if (isAdmitted && !isRightful && isKnownToBeOver) findings.pastKnownEnd.push(at())
    const left = Math.max(...periods.map(({ until, endedAt }) => endedAt ?? until).filter(end => end <= time.now))
    const longest = recheckMs + graceMs + tokenLagMs + 2 * mostSkewMs + settlingMs
    if (isAdmitted && !isRightful && time.now - left > longest) findings.removedTooLong.push(at())
    const isSettled = time.now - Math.max(from + tokenLagMs, since.up, since.change) > settlingMs
    // A replica whose clock is ahead ends access by its own clock.
    const isToGoOn = life.isActive(time.now + mostSkewMs)
    if (isRightful && !isAdmitted && isSettled && isToGoOn && !life.isPaused(id)) findings.refusedRightfully.push(at())
  }
}

// Outages make errors by the hundred thousand, and nobody reads where they were made.
const { stackTraceLimit } = Error
beforeAll(() => {
  Error.stackTraceLimit = 0
})
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit
})

test(`${lives} lives of one person with up to twelve sessions, on two replicas whose clocks differ`, async () => {
  const findings: Findings = { pastKnownEnd: [], removedTooLong: [], refusedRightfully: [], signedOut: [] }
  const tally: Tally = { visits: 0, admitted: 0, refused: 0, ended: 0, removed: 0, turnedOnAgain: 0, outages: 0 }
  for (let seed = 1; seed <= lives; seed++) await live(seed, findings, tally)
  const counts = Object.entries(findings).map(([name, list]) => `${name}: ${list.length} ${list[0] ?? ''}`)
  expect(counts).toEqual(Object.keys(findings).map(name => `${name}: 0 `))
  expect(tally.visits).toBe(lives * visitsPerLife)
  // All of it did happen.
  for (const count of Object.values(tally)) expect(count).toBeGreaterThan(lives / 2)
}, 240_000)
