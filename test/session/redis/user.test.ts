import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { documented } from '../../support/redis/redis-servers.ts'

const src = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .map(name => readFileSync(join('src', name), 'utf8'))
  .join('\n')
const found = (pattern: RegExp) => [...src.matchAll(pattern)].map(([, name = '']) => name)
const ofTheClient = [
  'pcall',
  'on',
  'once',
  'off',
  'call',
  'status',
  'quit',
  'disconnect',
  'subscribe',
  'nodes',
  'sendCommand',
]

test('the user that the documentation shows may do what the application does, and no more', () => {
  const used = [...found(/\bredis\s*\.([a-z]+)\(/g), ...found(/redis\.p?call\('([a-z]+)'/g)]
  const needed = new Set(used.filter(name => !ofTheClient.includes(name)))
  const granted = documented.userLine.match(/(?<=\+)\S+/g) ?? []
  // INFO tells the client whether Redis is loading.
  expect(granted.toSorted()).toEqual([...needed, 'info'].toSorted())
})

test('the user that the documentation shows begins with nothing: no keys but ours, no channels, no commands', () => {
  expect(documented.userLine).toMatch(/ resetkeys ~gatehouse:\* resetchannels -@all /)
})
