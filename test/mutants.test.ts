import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { equivalents } from '../infra/mutants/equivalents.ts'
import { guards, isCritical, testsOf } from '../infra/mutants/guards.ts'
import { scoreOf, survivorsOf } from '../infra/mutants/score.ts'
import { withScores } from '../infra/mutants/table.ts'

const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .map(name => join('src', name))

describe('the table of critical files and their tests', () => {
  test('has a row for each critical file: one of its own, or that of its folder', () => {
    expect(source.filter(isCritical).filter(file => testsOf(file).length === 0)).toEqual([])
  })

  test('has no row for what is not there, or not critical', () => {
    expect(Object.keys(guards).filter(place => !existsSync(place) || !isCritical(place))).toEqual([])
  })

  test('names tests that exist, each once in its row', () => {
    for (const [file, tests] of Object.entries(guards)) {
      expect([file, tests.length]).not.toEqual([file, 0])
      expect([file, ...new Set(tests)]).toEqual([file, ...tests])
      expect([file, tests.filter(name => !existsSync(name))]).toEqual([file, []])
    }
  })
})

test('each change that no test can notice is of a line that stands in its file, and has a reason', () => {
  for (const { file, line, code, why } of equivalents) {
    const lines = readFileSync(file, 'utf8').split('\n')
    expect([file, line, lines.some(each => each.trim() === line)]).toEqual([file, line, true])
    expect([line, line.includes(code.split(' ')[0] ?? '')]).toEqual([line, true])
    expect(why).toMatch(/^[A-Z].*\.$/)
  }
})

const file = 'src/gate/made-up.ts'
const text = 'const one = 1\nexport const sum = one + 2\n'
const mutant = (status: string, line = 2) => ({
  status,
  replacement: 'one - 2',
  location: { start: { line, column: 20 }, end: { line, column: 27 } },
})
const ended = (...statuses: string[]) => statuses.map(status => mutant(status)) as never

describe('the score of a file', () => {
  test('counts what a test noticed among all that could run', () => {
    expect(scoreOf(file, text, ended('Killed', 'Killed', 'Timeout', 'Survived', 'NoCoverage', 'CompileError'))).toEqual(
      {
        file,
        killed: 2,
        timeouts: 1,
        equal: 0,
        survived: 2,
        score: 60,
      },
    )
  })

  test('is never rounded up to a hundred', () => {
    const many = Array.from({ length: 999 }, () => 'Killed')
    expect(scoreOf(file, text, ended(...many, 'Survived')).score).toBe(99)
  })

  test('comes with what survived, as it stands in the file', () => {
    expect(survivorsOf(file, text, ended('Survived')).survivors).toEqual([
      { lineNumber: 2, line: 'export const sum = one + 2', code: 'one + 2', becomes: 'one - 2' },
    ])
  })
})

describe('the table in the document', () => {
  const score = { file, killed: 9, timeouts: 0, equal: 0, survived: 1, score: 90 }
  const markers = (lines: string) => `before\n<!-- mutants -->\n${lines}\n<!-- /mutants -->\nafter\n`
  const line = '| src/gate/made-up.ts | 9 | 0 | 0 | 1 | 90 % |'

  test('gets the line of a file that was run, and keeps those of the others', () => {
    const kept = '| src/gate/another.ts | 1 | 0 | 0 | 0 | 100 % |'
    const old = '| src/gate/made-up.ts | 1 | 0 | 0 | 9 | 10 % |'
    const document = withScores(markers([kept, old].join('\n')), [score], () => true)
    expect(document.split('\n').filter(each => each.startsWith('| src/'))).toEqual([kept, line])
    expect([document.startsWith('before\n'), document.endsWith('\nafter\n')]).toEqual([true, true])
    expect(withScores(document, [score], () => true)).toBe(document)
  })

  test('loses the line of a file that is gone', () => {
    const gone = '| src/gate/gone.ts | 1 | 0 | 0 | 0 | 100 % |'
    expect(withScores(markers(gone), [score], path => path === file)).not.toContain(gone)
  })

  test('is missed when it is not there', () => {
    expect(() => withScores('nothing', [score], () => true)).toThrow('No table')
  })
})
