import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checksOfWhatAnswers, checksOfWhatIsGiven } from '../../../infra/azure/doctor/own-checks.ts'
import { setupChecks } from '../../../src/setup/checks.ts'

test('docs/checks.md lists every check, with why it matters, in their order', () => {
  const text = readFileSync('docs/checks.md', 'utf8')
  const rows = [...text.matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)].map(([, name, why]) => ({ name, why }))
  const all = [...setupChecks, ...checksOfWhatIsGiven, ...checksOfWhatAnswers]
  expect(rows).toEqual(all.map(({ name, why }) => ({ name, why })))
})
