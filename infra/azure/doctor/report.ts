import type { SetupFinding, SetupVerdict } from '../../../src/setup/finding.ts'

const titles = { wrong: 'Wrong', 'cannot-tell': 'Cannot tell', right: 'Right' } as const satisfies Record<
  SetupVerdict,
  string
>
const order = ['wrong', 'cannot-tell', 'right'] as const
const width = 110
const indent = '    '

/** The findings for people: what is wrong first, each with why and the fix, and the counts at the end. */
export function reportOf(findings: readonly SetupFinding[]): string {
  const groups = order.map(verdict => ({ verdict, found: findings.filter(each => each.verdict === verdict) }))
  const parts = groups
    .filter(({ found }) => found.length > 0)
    .map(({ verdict, found }) => [`${titles[verdict]} (${found.length})`, ...found.flatMap(linesOf), ''].join('\n'))
  return [...parts, countsOf(findings)].join('\n')
}

/** One line: how many checks, and how they ended. */
function countsOf(findings: readonly SetupFinding[]): string {
  const count = (verdict: SetupVerdict) => findings.filter(each => each.verdict === verdict).length
  return `${findings.length} checks: ${count('wrong')} wrong, ${count('cannot-tell')} cannot tell, ${count('right')} right.`
}

function linesOf({ check, verdict, what, why, fix }: SetupFinding): string[] {
  if (verdict === 'right') return [`  ${check}`, ...wrapped(what)]
  if (verdict === 'cannot-tell') return [`  ${check}`, ...wrapped(what), ...wrapped(fix)]
  return [`  ${check}`, ...wrapped(what), ...wrapped(`Why: ${why}`), ...wrapped(`Fix: ${fix}`)]
}

/** A sentence in lines that a terminal shows whole. */
function wrapped(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + word.length >= width) {
      lines.push(indent + line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, indent + line]
}
