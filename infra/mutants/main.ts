import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { guards } from './guards.ts'
import { mutantsOf } from './run.ts'
import { type Score, scoreOf, survivorsOf } from './score.ts'
import { tableOf, withScores } from './table.ts'

const document = 'CONTRIBUTING.md'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean' } } })
const isWanted = (file: string) =>
  positionals.length === 0 || positionals.some(path => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`))
const wanted = Object.entries(guards).filter(([file]) => isWanted(file))
if (wanted.length === 0) throw new Error(`No file of infra/mutants/guards.ts is ${positionals.join(', ')}`)

const scores: Score[] = []
for (const [file, tests] of wanted) {
  const score = await scored(file, tests)
  scores.push(score)
  // After each file: what is known stays when the rest is broken off.
  if (values.write) writeFileSync(document, withScores(readFileSync(document, 'utf8'), [score], existsSync))
}
console.log(`\n${tableOf(scores)}`)

async function scored(file: string, tests: readonly string[]): Promise<Score> {
  const begun = Date.now()
  const mutants = await mutantsOf(file, tests)
  const text = readFileSync(file, 'utf8')
  const score = scoreOf(file, text, mutants)
  console.log(`\n${file}: ${score.score} % of ${mutants.length} in ${Math.round((Date.now() - begun) / 1000)} s`)
  for (const { lineNumber, line, code, becomes } of survivorsOf(file, text, mutants).survivors)
    console.log(`  ${file}:${lineNumber}  ${line}\n      ${code}\n    → ${becomes}`)
  return score
}
