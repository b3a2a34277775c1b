import { expect, test } from 'vitest'
import { guidFrom } from '../../../infra/tenant/directory/ids.ts'
import { managedGroups } from '../../../infra/tenant/directory/managed.ts'
import { type Call, openBentGraph, type Said } from '../../support/bent-graph.ts'
import { openPeople, reader, rowsOf } from './at-people.ts'

const count = 500
const group = managedGroups.members
const start = Date.parse('2026-03-02T11:00:00Z')
const at = (minutes: number) => new Date(start + minutes * 60_000).toISOString()
const numbers = Array.from({ length: count }, (_, index) => index)
const id = (index: number) => guidFrom(`person ${index}`)
const named = (index: number) => ({
  '@odata.type': '#microsoft.graph.user',
  id: id(index),
  displayName: `Person ${String(index).padStart(3, '0')}`,
  userPrincipalName: `person.${index}@contoso.example`,
})
const of = (index: number) => ({ accessId: 'member', groupId: group, principalId: id(index) })
const lists: Record<string, object[]> = {
  assignmentScheduleInstances: numbers.map(index => ({
    ...of(index),
    ...{ startDateTime: at(0), endDateTime: at(120 + index), assignmentType: 'activated', memberType: 'direct' },
    assignmentScheduleId: `schedule-${index}`,
  })),
  // Ten requests of each person, the last of which made the period that is on.
  assignmentScheduleRequests: numbers.flatMap(index =>
    Array.from({ length: 10 }, (_, use) => ({
      ...of(index),
      ...{ id: `request-${index}-${use}`, action: 'selfActivate', status: 'Provisioned' },
      createdDateTime: at(-1_440 * use),
      justification: `Refund ${index} of a customer, agreed with Lee Park`,
      ticketInfo: { ticketNumber: `INC-${index}` },
      scheduleInfo: { startDateTime: at(-1_440 * use), expiration: { type: 'afterDuration', duration: 'PT2H' } },
      targetScheduleId: use === 0 ? `schedule-${index}` : null,
    })),
  ),
  eligibilityScheduleInstances: numbers.map(index => ({
    ...of(index),
    ...{ startDateTime: at(-10_000), endDateTime: at(100_000), memberType: 'direct' },
  })),
  members: numbers.map(named),
}

const pageSize = 500

/** The group of the members has five hundred people, all of whom are in. Graph tells so page by page. */
const crowd =
  (base: string) =>
  ({ path }: Call, said: Said): Said => {
    const name = Object.keys(lists).find(each => path.includes(`/${each}?`))
    const rows = name && path.includes(group) ? lists[name] : undefined
    if (!rows) return said
    const skipped = Number(/&skip=(\d+)/.exec(path)?.[1] ?? 0)
    const value = rows.slice(skipped, skipped + pageSize)
    const next = `${base}${path.replace(/&skip=\d+/, '')}&skip=${skipped + pageSize}`
    return { status: 200, body: { value, ...(skipped + pageSize < rows.length && { '@odata.nextLink': next }) } }
  }

test('five hundred people are shown, found, put in order and turned over, each in a page of less than 200 kB', async () => {
  await using graph = await openBentGraph()
  await using house = await openPeople({ settings: { GRAPH_BASE_URL: graph.base } })
  graph.leadTo(house.tenant.graphBase)
  graph.bend(crowd(graph.base))
  const ada = await reader(house)
  const look = async (query: string) => {
    const { text } = await ada.get(`/people?gate=members${query}`)
    expect(text.length).toBeLessThan(200_000)
    return text
  }
  const first = await look('')
  expect(first).toContain('1–100 of 500')
  expect(rowsOf(first)).toHaveLength(100)
  expect(rowsOf(await look('&sort=-person'))[0]).toContain('Person 499')
  expect(rowsOf(await look('&page=5&sort=person'))[99]).toContain('Person 499')
  expect(rowsOf(await look('&find=inc-123'))).toHaveLength(1)
  expect(rowsOf(await look('&show=can'))[0]).toMatch(/Person \d+ .* 10 /)
  await look('&new=1')
})
