import { describe, expect, test } from 'vitest'
import { foldPeriods } from '../../../src/audit/periods/periods.ts'
import { seeded, seededMonth, type TrueStay } from './seeded-month.ts'

const entriesOf = (records: ReturnType<typeof seededMonth>['records']) =>
  records.map(record => ({ record, personal: null }))
const key = ({ gate, objectId, how, extensions, ended }: Omit<TrueStay, 'since' | 'end'>) =>
  [gate, objectId, how, extensions, ended].join(' ')

/** Which true stays have no period, and which periods no stay. Instants may be a roster's lateness apart. */
function compared(stays: readonly TrueStay[], folded: ReturnType<typeof foldPeriods>['periods']) {
  const left = new Set(folded)
  const isNear = (one: number | undefined, other: number | undefined) =>
    one === other || Math.abs((one ?? Number.NaN) - (other ?? Number.NaN)) <= 31_000
  const missing = stays.filter(stay => {
    const found = [...left].find(
      ({ gate, person, how, since, end, ended, extensions }) =>
        key(stay) === key({ gate, objectId: person.objectId, how, extensions, ended: ended?.how }) &&
        isNear(stay.since, since) &&
        isNear(stay.end, end),
    )
    if (found) left.delete(found)
    return !found
  })
  return { missing, invented: [...left] }
}

describe.each([1, 20261101])('a month of 500 people, seed %i', seed => {
  const { stays, records, asOf } = seededMonth({ seed, people: 500 })

  test('is folded back into the same periods: none missing, none invented', () => {
    expect(stays.length).toBeGreaterThan(1000)
    const { periods } = foldPeriods(entriesOf(records), asOf)
    expect(compared(stays, periods)).toEqual({ missing: [], invented: [] })
  })

  test('is the same in any order, and with every record twice', () => {
    const random = seeded(seed)
    const shuffled = [...records, ...records]
      .map(record => ({ record, by: random() }))
      .toSorted((one, other) => one.by - other.by)
    const again = foldPeriods(entriesOf(shuffled.map(({ record }) => record)), asOf)
    expect(again).toEqual(foldPeriods(entriesOf(records), asOf))
  })
})
