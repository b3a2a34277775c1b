import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isCritical, testsOf } from './guards.ts'
import { mutantsOf } from './run.ts'
import { type Score, scoreOf, survivorsOf } from './score.ts'
import { tableOf, withScores } from './table.ts'

const document = 'CONTRIBUTING.md'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean' } } })
const isWanted = (file: string) =>
  positionals.length === 0 || positionals.some(path => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`))
const wanted = globSync('src/**/*.ts').filter(isCritical).filter(isWanted).sort()
if (wanted.length === 0) throw new Error(`${positionals.join(', ')}: not critical, as infra/mutants/guards.ts has it`)

const scores: Score[] = []
for (const file of wanted) {
  const score = await scored(file)
  scores.push(score)
  // After each file: what is known stays when the rest is broken off.
  if (values.write) writeFileSync(document, withScores(readFileSync(document, 'utf8'), [score], existsSync))
}
console.log(`\n${tableOf(scores)}`)

async function scored(file: string): Promise<Score> {
  const begun = Date.now()
  const mutants = await mutantsOf(file, testsOf(file))
  const text = readFileSync(file, 'utf8')
  const score = scoreOf(file, text, mutants)
  console.log(`\n${file}: ${score.score} % of ${mutants.length} in ${Math.round((Date.now() - begun) / 1000)} s`)
  for (const { lineNumber, line, code, becomes } of survivorsOf(file, text, mutants).survivors)
    console.log(`  ${file}:${lineNumber}  ${line}\n      ${code}\n    → ${becomes}`)
  return score
}
