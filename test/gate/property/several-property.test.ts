import { setImmediate as settled } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GateName, gateNames, historyFrom, type Step } from './several-history.ts'
import { createWorld, type Seen, type World } from './several-world.ts'

const histories = Number(process.env.HISTORIES ?? 1_000)

/** What may not happen. Each finding is one visit that it happened to. */
type Findings = Record<'unlikeAlone' | 'refusedBecauseOfAnother' | 'pastKnownEnd', string[]>
type Tally = Record<Step['what'] | 'admitted' | 'refused' | 'untold' | 'afterKnownEnd' | 'sharedAnswer', number>

/**
 * Lives through one history in a world of three gates, and at the same time in three worlds that have one of these gates
 * alone. The only thing that the gates share is the question to Entra about a session, whose answer is about all of
 * them: so it is asked in every world at the same instants.
 */
async function live(seed: number, findings: Findings, tally: Tally): Promise<void> {
  const { steps, ...terms } = historyFrom(seed)
  const whole = createWorld(gateNames, terms)
  const alone = new Map<GateName, World>(gateNames.map(gate => [gate, createWorld([gate], terms)]))

  for (const step of steps) {
    tally[step.what] += 1
    const seen = await whole.live(step)
    await settled()
    const redeemed = whole.redeemed.splice(0)
    const about = 'gate' in step ? step.gate : undefined
    const seenAlone = await Promise.all(
      [...alone].map(async ([gate, world]) => {
        const result = await world.live(step)
        if (about !== undefined && about !== gate) {
          for (const each of redeemed) await world.redeemElsewhere(each)
          tally.sharedAnswer += redeemed.length
        }
        return result
      }),
    )
    await settled()
    if (step.what === 'visit') judge(step, seen, seenAlone[gateNames.indexOf(step.gate)])
  }

  function judge(step: Extract<Step, { what: 'visit' }>, seen: Seen | undefined, own: Seen | undefined): void {
    if (!seen || !own) throw new Error('nobody is signed out here')
    const { outcome } = seen.decision
    tally[outcome === 'admit' ? 'admitted' : outcome === 'refuse' ? 'refused' : 'untold'] += 1
    if (seen.knownEnd !== undefined) tally.afterKnownEnd += 1
    const [here, there] = [seen, own].map(({ decision }) => JSON.stringify(decision))
    const found = () =>
      JSON.stringify({
        seed,
        step,
        terms,
        here,
        there,
        now: whole.facts(step.gate),
        alone: alone.get(step.gate)?.facts(step.gate),
      })
    if (here !== there) findings.unlikeAlone.push(found())
    if (outcome !== 'admit' && own.decision.outcome === 'admit') findings.refusedBecauseOfAnother.push(found())
    if (outcome === 'admit' && seen.knownEnd !== undefined) findings.pastKnownEnd.push(found())
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

test(`${histories} histories over three gates: what happens at one gate changes nothing at another`, async () => {
  const findings: Findings = { unlikeAlone: [], refusedBecauseOfAnother: [], pastKnownEnd: [] }
  const tally: Tally = {
    visit: 0,
    begin: 0,
    extend: 0,
    'end here': 0,
    remove: 0,
    list: 0,
    announce: 0,
    'sign in': 0,
    fail: 0,
    mend: 0,
    admitted: 0,
    refused: 0,
    untold: 0,
    afterKnownEnd: 0,
    sharedAnswer: 0,
  }
  for (let seed = 1; seed <= histories; seed++) await live(seed, findings, tally)
  const counts = Object.entries(findings).map(([name, list]) => `${name}: ${list.length} ${list[0] ?? ''}`)
  expect(counts).toEqual(Object.keys(findings).map(name => `${name}: 0 `))
  // All of it did happen.
  for (const count of Object.values(tally)) expect(count).toBeGreaterThan(histories / 10)
}, 120_000)
