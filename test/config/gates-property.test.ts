import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { chanceFrom } from '../gate/property/chance.ts'
import { faultsOf, good } from './good.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-gates-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'gates.json')
function withFile(content: unknown) {
  writeFileSync(path, JSON.stringify(content))
  return { ...good, GATES_FILE: path }
}

const rounds = 300
const chance = chanceFrom(13)
const many = <T>(most: number, make: () => T) => Array.from({ length: chance.between(0, most + 1) }, make)
const groups = [1, 2, 3].map(number => `7d3e9a52-4f18-4c6b-b0a7-00000000000${number}`)
const fields = ['name', 'title', 'group', 'role', 'context', 'selfService']
const keys = [...fields, 'gates', '__proto__', 'constructor', 'x', '']
const texts = [...keys, ...groups, 'operators', 'members', 'c2', 'a b', '\u0000', '\ud83d', '<x>', 'x'.repeat(200)]

function anything(depth: number): unknown {
  const leaf = chance.of([null, true, false, -1, 2.5, chance.of(texts)])
  if (depth === 0 || chance.isLucky(0.5)) return leaf
  const items = many(5, () => anything(depth - 1))
  return chance.isLucky(0.5) ? items : Object.fromEntries(items.map(item => [chance.of(keys), item]))
}
const likelyGate = () =>
  Object.fromEntries(
    fields
      .filter(() => chance.isLucky(0.8))
      .map(field => [field, chance.isLucky(0.7) ? chance.of(texts) : anything(2)]),
  )
const goodGate = () => ({
  name: chance.of(['a', 'b', 'c', 'd']),
  title: 'Operators',
  group: chance.of([...groups, good.ACCESS_GROUP_ID]),
  ...(chance.isLucky(0.5) && { role: chance.of(['R', 'S', 'T']) }),
})

test('whatever JSON the file holds, it is read, or refused in lines that name GATES_FILE', () => {
  for (let round = 0; round < rounds; round++) {
    const content = chance.isLucky(0.3) ? anything(4) : { gates: many(24, likelyGate) }
    // `faultsOf` lets everything rise but a ConfigError.
    const strange = faultsOf(withFile(content)).filter(line => !/^GATES_FILE [^\n]+$/.test(line))
    expect(strange, JSON.stringify(content)).toEqual([])
  }
})

test('gates share a name, a group or a role exactly where they are refused', () => {
  const seen = new Set<boolean>()
  for (let round = 0; round < rounds; round++) {
    const gates = [goodGate(), ...many(2, goodGate)]
    const isShared = [
      gates.map(({ name }) => name),
      [good.ACCESS_GROUP_ID, ...gates.map(({ group }) => group)],
      gates.flatMap(({ role }) => role ?? []),
    ].some(values => new Set(values).size < values.length)
    expect(faultsOf(withFile({ gates })).length > 0, JSON.stringify(gates)).toBe(isShared)
    seen.add(isShared)
  }
  expect(seen.size).toBe(2)
})
