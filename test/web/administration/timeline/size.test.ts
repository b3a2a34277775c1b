import ejs from 'ejs'
import { expect, test } from 'vitest'
import { lookBack } from '../../../../src/web/administration/report/looking-back.ts'
import { timelineAsked } from '../../../../src/web/administration/timeline/asked-timeline.ts'
import { timelineModel } from '../../../../src/web/administration/timeline/timeline-model.ts'
import { seededMonth } from '../../../audit/periods/seeded-month.ts'
import { trailInMemory } from '../report/trail-in-memory.ts'

const month = seededMonth({ seed: 5, people: 500, perPerson: 12 })
const now = new Date(month.asOf)

/** The page of a month, without what surrounds every page. */
async function pageOf(query: object) {
  const asked = timelineAsked({ view: 'month', day: '2026-10-15', ...query }, { gates: [], now })
  const looked = await lookBack(trailInMemory(month.records), { ...asked, now })
  const model = timelineModel(looked, { asked, query, now, titleOf: gate => gate })
  return { looked, html: await ejs.renderFile('views/pages/timeline.ejs', model) }
}

test('a month of 500 people and 5,000 periods is a page of less than a megabyte', async () => {
  const { looked, html } = await pageOf({})
  expect(looked.periods.length).toBeGreaterThan(5_000)
  expect(html.match(/class="(on|always)" d="M[\d.]+ [1-9]\d/g)?.length).toBeGreaterThan(1_000)
  expect(Buffer.byteLength(html)).toBeLessThan(1_000_000)
})

test('who was in is told of everyone, whichever page of people is shown', async () => {
  const at = '2026-10-15T12:00'
  const there = month.stays.filter(
    ({ since, end = Number.POSITIVE_INFINITY }) => since <= Date.parse(`${at}Z`) && Date.parse(`${at}Z`) < end,
  )
  const { html } = await pageOf({ at, page: '2' })
  expect(there.length).toBeGreaterThan(30)
  expect(html).toContain(`: ${new Set(there.map(({ objectId }) => objectId)).size} people`)
})
