import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { everyField } from '../../../infra/azure/wish/fields.ts'

const text = readFileSync(new URL('../../../docs/setup.md', import.meta.url), 'utf8')
const table = text.split('## tenant.json')[1]?.split('\n## ')[0] ?? ''
const named = [...table.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = '']) => cell.match(/[\w.[\]]+/g) ?? [])
/** Lists and objects are named by what is in them. */
const leaves = everyField().filter(
  field => !everyField().some(other => other.startsWith(`${field}.`) || other === `${field}[]`),
)

test('docs/setup.md explains every field of tenant.json, and no other', () => {
  expect(named.toSorted()).toEqual(leaves.toSorted())
})
