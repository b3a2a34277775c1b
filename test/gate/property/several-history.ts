import { chanceFrom } from './chance.ts'

const second = 1_000
const minute = 60 * second
export const gateNames = ['members', 'operators', 'auditors'] as const
export type GateName = (typeof gateNames)[number]
export const browsers = ['one browser', 'another browser'] as const
export type Browser = (typeof browsers)[number]

const lastsMs = 30 * minute
const visits = 110
const listedEveryMs = 15 * second
const mostSkewMs = 25 * second

/** Microsoft's sources: some of all gates, some of one gate. */
export type Source = 'entra' | 'check' | `list of ${GateName}` | `PIM of ${GateName}`
type At = { gate: GateName }
type From = { browser: Browser; replica: number }

/** One thing that happens. `until` and `byMs` are in ms, `until` from the start of the history. */
export type Happening =
  | ({ what: 'visit' } & At & From)
  | ({ what: 'begin'; until: number } & At)
  | ({ what: 'extend'; byMs: number } & At)
  | ({ what: 'end here' } & At & From)
  | ({ what: 'remove' } & At)
  | ({ what: 'list' | 'announce'; replica: number } & At)
  | ({ what: 'sign in' } & From)
  | { what: 'fail' | 'mend'; source: Source }
/** `at` is in ms from the start of the history. */
export type Step = Happening & { at: number }
export type History = ReturnType<typeof historyFrom>

/** All that happens to one person with two browsers, at three gates and on two replicas: the same for the same seed. */
export function historyFrom(seed: number) {
  const chance = chanceFrom(seed)
  const steps: Step[] = []
  const turns: number[] = []
  const from = (): From => ({ browser: chance.of(browsers), replica: chance.between(0, 2) })
  const skewMs = () => chance.of([0, 1, -1]) * chance.between(0, mostSkewMs + 1)
  const hasRoster = chance.isLucky(0.5)
  const kind = chance.of(['few groups', 'many groups', 'role'] as const)

  for (const browser of browsers) steps.push({ at: 0, what: 'sign in', ...from(), browser })
  for (const gate of gateNames) membershipsAt(gate)
  for (const gate of gateNames) news(gate)
  outages()
  for (let left = chance.between(0, 4); left > 0; left--)
    steps.push({ at: chance.between(1, lastsMs), what: 'sign in', ...from() })
  for (let left = visits; left > 0; left--)
    steps.push({ at: instant(), what: 'visit', gate: chance.of(gateNames), ...from() })
  return {
    steps: steps.sort((one, other) => one.at - other.at),
    /** How far the clock of each replica is ahead of Microsoft's, in ms. */
    skewsMs: [skewMs(), skewMs()],
    tokenLagMs: chance.between(0, 60) * second,
    listLagMs: chance.between(0, 4) * second,
    hasRoster,
    /** Whether a token can list all groups of the person; or whether the gate `auditors` is one of a role. */
    kind,
  }

  function membershipsAt(gate: GateName): void {
    let at = chance.isLucky(0.5) ? 0 : chance.between(0, 6 * minute)
    while (at < lastsMs) {
      let until = at + chance.between(5 * minute, 20 * minute)
      steps.push({ at, what: 'begin', gate, until })
      if (chance.isLucky(0.3)) {
        const byMs = chance.between(2 * minute, 15 * minute)
        steps.push({ at: chance.between(at + 1, until), what: 'extend', gate, byMs })
        turns.push(until)
        until += byMs
      }
      const fate = chance.of(['run out', 'end here', 'remove'] as const)
      // PIM ends no access that was turned on less than five minutes ago.
      const left = fate === 'run out' ? until : chance.between(at + 5 * minute, until + 1)
      if (fate === 'end here') steps.push({ at: left, what: fate, gate, ...from() })
      if (fate === 'remove') steps.push({ at: left, what: fate, gate })
      turns.push(at, left, until)
      at = Math.max(left, at + 1) + chance.between(second, 8 * minute)
    }
  }

  function news(gate: GateName): void {
    const first = chance.between(0, listedEveryMs)
    const replica = () => chance.between(0, 2)
    if (hasRoster)
      for (let at = first; at < lastsMs; at += listedEveryMs) steps.push({ at, what: 'list', gate, replica: replica() })
    for (let left = chance.between(0, 4); left > 0; left--)
      steps.push({ at: instant(), what: 'announce', gate, replica: replica() })
  }

  function outages(): void {
    const sources = ['entra', 'check', ...gateNames.flatMap(gate => [`list of ${gate}`, `PIM of ${gate}`])] as Source[]
    for (const source of sources)
      if (chance.isLucky(0.3)) {
        const at = chance.between(0, lastsMs)
        steps.push({ at, what: 'fail', source })
        steps.push({ at: at + chance.between(5 * second, 480 * second), what: 'mend', source })
      }
  }

  /** Often one at which something turns. */
  function instant(): number {
    const exact = chance.of(turns) + chance.of([-1, 0, 1, 999, 1_001, 5_001, 30_000, 60_001, -26_000, 26_000])
    return chance.isLucky(0.5) && exact > 0 ? exact : chance.between(1, lastsMs)
  }
}
