import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { documents } from './support/documents.ts'
import { explainedEventsIn, logEventsIn } from './support/log-events.ts'

const documentation = readFileSync('docs/observability.md', 'utf8')
const explained = explainedEventsIn(documentation)
const written = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && !name.startsWith('audit/'))
  .flatMap(name => logEventsIn(readFileSync(`src/${name}`, 'utf8')))
  .filter(event => event !== 'unread')

// That every event has its row is a rule of test/architecture.test.ts.
test('the table explains no event that is never written, and each once', () => {
  const names = explained.map(({ name }) => name)
  expect(names.length).toBeGreaterThan(40)
  expect(names.filter(name => !written.some(event => event.name === name))).toEqual([])
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

test('every row of the table was understood', () => {
  const table = documentation.slice(documentation.indexOf('| event |')).split('\n\n')[0] ?? ''
  expect(explained).toHaveLength(table.split('\n').length - 2)
})

test('the table says the level that the log has', () => {
  const levelsOf = (name: string) => explained.find(row => row.name === name)?.levels ?? []
  const wrong = written.filter(({ name, level }) => level !== undefined && !levelsOf(name).includes(level))
  expect(wrong).toEqual([])
})

test('what the alerts and the documents call events of the log are events', () => {
  const alerts = readFileSync('infra/observability/alerts.yaml', 'utf8')
  const named = [...alerts.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(([, name = '']) => name)
  const inLog = Object.values(documents).flatMap(text => [...text.matchAll(/`([a-z]+(?:-[a-z]+)+)`(?= in the log)/g)])
  const names = [...named, ...inLog.map(([, name = '']) => name)]
  expect(names.length).toBeGreaterThan(5)
  expect(names.filter(name => !explained.some(row => row.name === name))).toEqual([])
})
