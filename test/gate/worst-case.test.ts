import { expect, test } from 'vitest'
import { worstCaseSeconds } from '../../src/gate/worst-case.ts'

const settings = { recheckMs: 60_000, graceMs: 300_000, roster: false, rosterMs: 15_000 }

test.each([
  ['as it comes', {}, 60, 360],
  ['without grace', { graceMs: 0 }, 60, 60],
  ['asked anew every quarter of a minute', { recheckMs: 15_000 }, 15, 315],
  ['with a roster', { roster: true }, 22, 360],
  ['with a roster slower than the re-check', { roster: true, rosterMs: 120_000 }, 60, 360],
  ['with a roster that is off, however fast', { rosterMs: 5_000 }, 60, 360],
])('%s: %j means a removal is refused after %3$i s, after %4$i s whatever fails', (_what, change, answered, fails) => {
  expect(worstCaseSeconds({ ...settings, ...change }, { groupId: 'group' })).toEqual({
    whileAnswered: answered,
    whateverFails: fails,
  })
})

test('a gate without a group has no roster, so a removal there is found at the re-check', () => {
  expect(worstCaseSeconds({ ...settings, roster: true }, {})).toEqual({ whileAnswered: 60, whateverFails: 360 })
})
