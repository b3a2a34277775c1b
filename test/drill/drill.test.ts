import { beforeAll, describe, expect, test } from 'vitest'
import { groups } from '../../infra/drill/drills.ts'
import { runDrills } from '../../infra/drill/run.ts'
import { short } from '../../infra/drill/size.ts'
import { faultsIn, type Row, tableOf } from '../../infra/drill/table.ts'

const names = groups.flatMap(({ drills }) => drills.map(({ name }) => name))
let rows: Row[] = []
beforeAll(async () => {
  rows = await runDrills(groups, short)
  console.info(tableOf(rows))
}, 240_000)
const rowOf = (name: string) => rows.find(({ drill }) => drill === name) as Row

describe.each(names)('during and after %s', name => {
  test('nobody who is signed in is sent to sign in', () => {
    expect(rowOf(name).forcedSignIns).toBe(0)
  })
  test('every answer is the page, or one that the fault explains', () => {
    expect(rowOf(name).unexplained).toEqual({})
  })
  test('nobody stays inside past the end of their access', () => {
    expect(rowOf(name).overStays).toBe(0)
  })
  test('the replicas complain of nothing that nobody caught', () => {
    expect(rowOf(name).unhandled).toEqual([])
  })
  test('what was broken was felt', () => {
    expect(rowOf(name).felt).toBeTruthy()
  })
})

test('the command would end well', () => {
  expect(faultsIn(rows)).toEqual([])
})
