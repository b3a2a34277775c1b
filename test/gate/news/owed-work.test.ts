import { expect, test } from 'vitest'
import type { Kept } from '../../../src/gate/news/kept-subscription.ts'
import { workOwed } from '../../../src/gate/news/owed-work.ts'
import { inSeconds, now } from '../memberships.ts'

const hours = (count: number) => inSeconds(count * 3_600)
const fresh: Kept = { id: 'one', expiresAt: hours(48), state: 'newest' }
const old = { ...fresh, expiresAt: hours(47) }
const strange = { ...fresh, state: 'older' }
const { state: _none, ...withoutMark } = fresh

const cases: [string, Kept | 'unreadable' | undefined, boolean, object | undefined][] = [
  ['where none is written down, the first is made', undefined, false, { create: 'first' }],
  ['where none is written down, the first is made also while settings change', undefined, true, { create: 'first' }],
  ['one that cannot be read is replaced', 'unreadable', false, { create: 'changed' }],
  ['one that cannot be read stays while settings change', 'unreadable', true, undefined],
  ['one with another secret or address is replaced', strange, false, { create: 'changed' }],
  ['one with another secret or address stays while settings change', strange, true, undefined],
  ['one without a mark is replaced', withoutMark, false, { create: 'changed' }],
  ['one that is gone is replaced', { ...fresh, owed: 'another' }, false, { create: 'gone' }],
  [
    'one that is gone is replaced also while settings change',
    { ...strange, owed: 'another' },
    true,
    { create: 'gone' },
  ],
  ['one that was made an hour ago is renewed', old, false, { renew: old }],
  [
    'one that was made an hour ago is not renewed a moment before',
    { ...old, expiresAt: hours(47) + 1 },
    false,
    undefined,
  ],
  ['one that was made just now is left as it is', fresh, false, undefined],
  [
    'one that Graph wants renewed is renewed, however new it is',
    { ...fresh, owed: 'renewal' },
    false,
    { renew: { ...fresh, owed: 'renewal' } },
  ],
]

test.for(cases)('%s', async ([, kept, isSettling, expected]) => {
  const entry = { kept, at: now }
  const work = await workOwed(entry, { now, newest: 'newest', isSettling: async () => isSettling })
  expect(work).toEqual(expected && { ...expected, entry })
})
