import { expect, test } from 'vitest'
import { watchActs } from '../../../src/audit/verify/acts.ts'
import type { OutcomeStep } from '../../../src/audit/verify/said.ts'

const minute = 60_000
/** Steps of acts as "minute act step"; a minute alone is a record of something else. */
function toldOf(...records: string[]) {
  const acts = watchActs()
  for (const [seq, text] of records.entries()) {
    const [at, act, is] = text.split(' ')
    const step = act && is ? { act, is: is as 'Requested' | OutcomeStep } : undefined
    acts.take({ seq, at: Number(at) * minute, personal: undefined, step })
  }
  return acts.told()
}

test.each([
  ['nothing', [], {}],
  ['one that has its outcome', ['0 a Requested', '1 a Completed'], { requests: 1 }],
  ['one that is open', ['0 a Requested'], { requests: 1, open: 1, firstOpen: 0 }],
  ['one open for ten minutes', ['0 a Requested', '10'], { requests: 1, open: 1, firstOpen: 0, firstOverdue: 0 }],
  ['one open for less', ['0 a Requested', '9.99'], { requests: 1, open: 1, firstOpen: 0 }],
  [
    'one open for ten minutes, though the clock was set back since',
    ['0 a Requested', '10', '1'],
    { requests: 1, open: 1, firstOpen: 0, firstOverdue: 0 },
  ],
  [
    'one that was asked for twice',
    ['0 a Requested', '5 a Requested', '10'],
    { requests: 2, open: 1, firstOpen: 0, firstOverdue: 0 },
  ],
  [
    'an overdue one after a young one',
    ['20', '15 a Requested', '1 b Requested'],
    { requests: 2, open: 2, firstOpen: 1, firstOverdue: 2 },
  ],
  [
    'some that wait or were not answered',
    ['0 a Waiting', '0 b Waiting', '0 c Unanswered', '0 d Completed', '0 e Failed'],
    { waiting: 2, unanswered: 1 },
  ],
  ['one that waited and came to something', ['0 a Waiting', '1 a Completed'], {}],
  ['one that was not answered and then waits', ['0 a Unanswered', '1 a Waiting'], { waiting: 1 }],
])('acts: %s', (_what, records, expected) => {
  const nothing = { requests: 0, open: 0, firstOpen: undefined, firstOverdue: undefined, waiting: 0, unanswered: 0 }
  expect(toldOf(...records)).toEqual({ ...nothing, ...expected })
})
