import type { Judgement } from './judge.ts'

/** The measurements of one drill. */
export type Row = Judgement & {
  drill: string
  /** How long the fault lasted. */
  seconds: number
  overStays: number
  /** The longest time that a person was seen inside after their access had ended, in seconds. */
  longestStay: number
  /** The evidence that the fault was felt; false means that there is none, so the drill proves nothing. */
  felt: string | false
  unhandled: readonly string[]
  memory: { before: number; after: number }
}

const names: Record<string, string> = {
  'redis-restart': 'Redis killed and started again',
  'redis-read-only': 'Redis takes no writes',
  'redis-pause': 'Redis does not answer',
  'redis-fail-over': 'Redis master killed, Sentinel fails over',
  'replica-killed': 'replica killed and started again',
  'rolling-deploy': 'rolling deploy of three replicas',
  'session-secret': 'session secret changed',
  'client-secret': 'first client secret expired',
  'entra-down': 'Entra down',
  'graph-429': 'Graph answers 429',
}

const columns: [head: string, cell: (row: Row) => string | number][] = [
  ['drill', ({ drill }) => names[drill] ?? drill],
  ['lasted', ({ seconds }) => (seconds > 0 ? `${seconds.toFixed(1)} s` : 'for good')],
  ['felt', ({ felt }) => felt || '**not felt**'],
  ['answers', ({ answers }) => answers],
  ['503 explained', ({ later }) => later],
  ['forced sign-ins', ({ forcedSignIns }) => forcedSignIns],
  ['unexplained', ({ unexplained }) => total(unexplained)],
  ['over-stays', ({ overStays }) => overStays],
  ['longest stay', ({ longestStay }) => `${longestStay.toFixed(1)} s`],
  ['recovered after', ({ recoverSeconds }) => `${recoverSeconds.toFixed(1)} s`],
  ['unhandled', ({ unhandled }) => unhandled.length],
  ['MB before, after', ({ memory }) => `${memory.before}, ${memory.after}`],
]

/** The rows as a Markdown table. */
export function tableOf(rows: readonly Row[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  const head = [line(columns.map(([name]) => name)), line(columns.map((_, index) => (index === 0 ? '---' : '---:')))]
  return [...head, ...rows.map(row => line(columns.map(([, cell]) => cell(row))))].join('\n')
}

/** The numbers that must be zero and are not, in words; empty when all are zero. */
export const faultsIn = (rows: readonly Row[]): string[] =>
  rows.flatMap(({ drill, forcedSignIns, unexplained, overStays, unhandled, felt }) =>
    [
      forcedSignIns > 0 && `${forcedSignIns} people who were signed in were sent to sign in`,
      total(unexplained) > 0 && `unexplained answers: ${JSON.stringify(unexplained)}`,
      overStays > 0 && `${overStays} times somebody was inside whose access had ended`,
      unhandled.length > 0 && `on stderr, or caught by nobody: ${unhandled.join(' | ')}`,
      felt === false && 'nothing shows that the fault was felt',
    ].flatMap(fault => (fault === false ? [] : `${drill}: ${fault}`)),
  )

const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, count) => sum + count, 0)
