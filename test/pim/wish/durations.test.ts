import { describe, expect, test } from 'vitest'
import { defaultMinutes, durationsFor, inWords } from '../../../src/pim/wish/durations.ts'

describe('the time', () => {
  test.each<[number, number[]]>([
    [480, [30, 60, 120, 240, 480]],
    [1440, [30, 60, 120, 240, 480, 720, 1440]],
    [150, [30, 60, 120, 150]],
    [60, [30, 60]],
    [30, [30]],
    [15, [15]],
    [5, [5]],
    [1, [5]],
  ])('that is allowed, up to %i minutes, gives the choices %j', (longest, choices) =>
    expect(durationsFor(longest)).toEqual(choices),
  )

  const choices = durationsFor(480)
  test.each<[string, number[], number[], number]>([
    ['an hour, at first', [], choices, 60],
    ['the choice nearest to an hour, where an hour is no choice', [], [30, 50], 50],
    ['the longest, where it is short', [], [15], 15],
    ['the choice that covers the last use', [45], choices, 60],
    ['the choice that covers the last three uses', [30, 200, 60], choices, 240],
    ['not the choice that covers the use before those', [30, 30, 30, 480], choices, 30],
    ['the longest, where the last use was longer', [720], choices, 480],
    ['made without uses of no length', [0, 30], choices, 30],
    ['an hour, where all uses have no length', [0], choices, 60],
    ['an hour, where nothing can be chosen', [], [], 60],
  ])('that is proposed is %s', (_, uses, offered, minutes) => expect(defaultMinutes(uses, offered)).toBe(minutes))

  test.each<[number, string]>([
    [0, '0 minutes'],
    [1, '1 minute'],
    [59, '59 minutes'],
    [60, '1 hour'],
    [61, '1 hour 1 minute'],
    [120, '2 hours'],
    [150, '2 hours 30 minutes'],
  ])('of %i minutes is told as %s', (minutes, words) => expect(inWords(minutes)).toBe(words))
})
