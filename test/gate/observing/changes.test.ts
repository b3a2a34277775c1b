import { describe, expect, test } from 'vitest'
import { changesSince } from '../../../src/gate/observing/changes.ts'
import type { InGroup, SeenAssignment } from '../../../src/gate/observing/observed.ts'

const at = (clock: string) => Date.parse(`2026-03-02T${clock.padEnd(8, ':00')}Z`)
const on = (since: string, until?: string, source: SeenAssignment['source'] = 'turned-on'): SeenAssignment => ({
  since: at(since),
  ...(until && { until: at(until) }),
  source,
})
/** As the lists show the person: out of the group, past PIM, or with these assignments. */
type Shown = 'out' | 'past PIM' | SeenAssignment[]
const clock = (epochMs: number) => new Date(epochMs).toISOString().slice(11, 19).replace(/:00$/, '')

/** What is recorded of one person, as the lists show them look after look. Nothing was known before the first of them. */
function recordedOf(...looks: [when: string, shown: Shown][]): string[] {
  let known: Record<string, InGroup> | undefined
  return looks.flatMap(([when, shown]) => {
    const sightings = new Map(shown === 'out' ? [] : [['ana', shown === 'past PIM' ? [] : shown]])
    const look = { askedAt: at(when), isFirst: known === undefined }
    const { people, changes } = changesSince(known ?? {}, sightings, look)
    known = people
    return changes.map(change => {
      const { kind, since, until } = change
      const period = `${kind} ${clock(since)}–${until === undefined ? '' : clock(until)}`
      if (change.kind === 'out') return `${period} ${change.ranOut ? 'ran out' : 'ended'}`
      const { source, first, continues } = change
      return [period, source, first && 'first', continues && 'continues'].filter(Boolean).join(' ')
    })
  })
}
const empty = ['11:00', 'out'] as [string, Shown]
const hour = [on('12:00', '13:00')]

describe('of what the lists show, look after look, is recorded', () => {
  test.each<[what: string, looks: [string, Shown][], recorded: string[]]>([
    ['nothing of nobody', [empty, ['12:00', 'out']], []],
    ['who is in at the first look', [['12:00', hour]], ['in 12:00–13:00 turned-on first']],
    ['who comes in', [empty, ['12:00', hour]], ['in 12:00–13:00 turned-on']],
    ['an assignment without an end', [empty, ['12:00', [on('11:59', undefined, 'assigned')]]], ['in 11:59– assigned']],
    [
      'one period once, however often it is shown',
      [empty, ['12:00', hour], ['12:01', hour]],
      ['in 12:00–13:00 turned-on'],
    ],
    [
      'an end that was moved',
      [empty, ['12:00', hour], ['12:30', [on('12:00', '14:00')]]],
      ['in 12:00–13:00 turned-on', 'in 12:00–14:00 turned-on'],
    ],
    [
      'a period whose time is up, when the lists have shown that for two minutes',
      [empty, ['12:00', hour], ['13:00:10', 'out'], ['13:02:09', 'out']],
      ['in 12:00–13:00 turned-on'],
    ],
    [
      'that it ran out, with its own end, after two minutes',
      [empty, ['12:00', hour], ['13:00:10', 'out'], ['13:02:10', 'out'], ['13:09', 'out']],
      ['in 12:00–13:00 turned-on', 'out 12:00–13:00 ran out'],
    ],
    [
      'that it ran out, where our clock is half a minute behind',
      [empty, ['12:00', hour], ['12:59:30', 'out'], ['13:02:10', 'out']],
      ['in 12:00–13:00 turned-on', 'out 12:00–13:00 ran out'],
    ],
    [
      'an end before its time, with when it was first missed',
      [empty, ['12:00', hour], ['12:20', 'out'], ['12:22', 'out']],
      ['in 12:00–13:00 turned-on', 'out 12:00–12:20 ended'],
    ],
    [
      'nothing of somebody whom the lists lose for less than two minutes',
      [empty, ['12:00', hour], ['12:20', 'out'], ['12:21:59', hour], ['12:23', 'out'], ['12:24', hour]],
      ['in 12:00–13:00 turned-on'],
    ],
    [
      'an extension as going on, though the lists showed nobody at the seam',
      [empty, ['12:00', hour], ['13:00:10', 'out'], ['13:00:25', [on('13:00:01', '14:00:01')]]],
      ['in 12:00–13:00 turned-on', 'in 13:00:01–14:00:01 turned-on continues'],
    ],
    [
      'an extension as going on, without any gap in the lists',
      [empty, ['12:00', hour], ['13:00:10', [on('13:00:01', '14:00:01')]]],
      ['in 12:00–13:00 turned-on', 'in 13:00:01–14:00:01 turned-on continues'],
    ],
    [
      'a period that follows after a pause as another one',
      [empty, ['12:00', hour], ['13:00:10', 'out'], ['13:01', [on('13:00:50', '14:00')]]],
      ['in 12:00–13:00 turned-on', 'out 12:00–13:00 ran out', 'in 13:00:50–14:00 turned-on'],
    ],
    [
      'two changes between two looks: ended, and turned on again',
      [empty, ['12:00', hour], ['12:20', [on('12:15', '13:15')]]],
      ['in 12:00–13:00 turned-on', 'out 12:00–12:15 ended', 'in 12:15–13:15 turned-on'],
    ],
    [
      'two changes between two looks, of which the first was missed before',
      [empty, ['12:00', hour], ['12:10', 'out'], ['12:11', [on('12:10:30', '13:15')]]],
      ['in 12:00–13:00 turned-on', 'out 12:00–12:10 ended', 'in 12:10:30–13:15 turned-on'],
    ],
    [
      'one period while a second assignment runs beside it, and then that one',
      [
        empty,
        ['12:00', hour],
        ['12:30', [on('12:00', '13:00'), on('12:20', '18:00', 'assigned')]],
        ['13:00:05', [on('12:20', '18:00', 'assigned')]],
      ],
      ['in 12:00–13:00 turned-on', 'in 12:20–18:00 assigned continues'],
    ],
    [
      'of two assignments at first sight the one that ends later',
      [empty, ['12:00', [on('11:00', '13:00'), on('11:30', undefined, 'assigned')]]],
      ['in 11:30– assigned'],
    ],
    [
      'nothing of a member past PIM whom PIM shows within two minutes',
      [empty, ['12:00:05', 'past PIM'], ['12:00:20', [on('12:00:01', '13:00:01')]]],
      ['in 12:00:01–13:00:01 turned-on'],
    ],
    [
      'a member past PIM after two minutes, and once',
      [empty, ['12:00', 'past PIM'], ['12:02', 'past PIM'], ['12:03', 'past PIM']],
      ['in 12:00– outside-pim'],
    ],
    [
      'nothing of a member past PIM who is gone within two minutes',
      [empty, ['12:00', 'past PIM'], ['12:01', 'out'], ['12:05', 'out']],
      [],
    ],
    [
      'a member past PIM at the first look, as one of the first',
      [
        ['12:00', 'past PIM'],
        ['12:02', 'past PIM'],
      ],
      ['in 12:00– outside-pim first'],
    ],
    [
      'somebody of the first look whom PIM shows a moment later, as one of the first',
      [
        ['12:00', 'past PIM'],
        ['12:01', [on('11:59', '13:00')]],
      ],
      ['in 11:59–13:00 turned-on first'],
    ],
    [
      'a member past PIM who is taken out',
      [empty, ['12:00', 'past PIM'], ['12:02', 'past PIM'], ['12:10', 'out'], ['12:12', 'out']],
      ['in 12:00– outside-pim', 'out 12:00–12:10 ended'],
    ],
    [
      'a member past PIM who turns on access through it',
      [empty, ['12:00', 'past PIM'], ['12:02', 'past PIM'], ['12:10', [on('12:09', '13:09')]]],
      ['in 12:00– outside-pim', 'out 12:00–12:09 ended', 'in 12:09–13:09 turned-on'],
    ],
    [
      'a period through PIM that goes on past it',
      [empty, ['12:00', hour], ['12:20', 'past PIM'], ['12:22', 'past PIM'], ['12:24', 'past PIM']],
      ['in 12:00–13:00 turned-on', 'out 12:00–12:20 ended', 'in 12:20– outside-pim'],
    ],
  ])('%s', (_what, looks, recorded) => {
    expect(recordedOf(...looks)).toEqual(recorded)
  })
})

test('changes of several people come in the order in which they began', () => {
  const sightings = new Map([
    ['ana', [on('12:10', '13:00')]],
    ['ben', [on('12:05', '13:00')]],
  ])
  const { changes } = changesSince({}, sightings, { askedAt: at('12:11'), isFirst: false })
  expect(changes.map(({ objectId }) => objectId)).toEqual(['ben', 'ana'])
})
