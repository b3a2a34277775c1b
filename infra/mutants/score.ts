import { isEquivalent, type Survivor } from './equivalents.ts'
import type { Mutant } from './run.ts'

/**
 * How the mutants of one file ended. `killed`: a test failed. `timeouts`: the tests came to no end, which counts as noticed.
 * `equal`: no test can notice it, and `equivalents.ts` says why. `score`: whole per cent, rounded down; 100 for a file without mutants.
 */
export type Score = { file: string; killed: number; timeouts: number; equal: number; survived: number; score: number }

/** `text` is what stands in the file. Mutants that do not compile count for nothing. */
export function survivorsOf(file: string, text: string, mutants: readonly Mutant[]) {
  const unnoticed = mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map(mutant => survivorOf(text.split('\n'), mutant))
  const survivors = unnoticed.filter(survivor => !isEquivalent(file, survivor))
  return { survivors, equal: unnoticed.length - survivors.length }
}

export function scoreOf(file: string, text: string, mutants: readonly Mutant[]): Score {
  const ended = (status: Mutant['status']) => mutants.filter(mutant => mutant.status === status).length
  const [killed, timeouts] = [ended('Killed'), ended('Timeout')]
  const { survivors, equal } = survivorsOf(file, text, mutants)
  const counted = killed + timeouts + survivors.length
  const score = counted === 0 ? 100 : Math.floor(((killed + timeouts) * 100) / counted)
  return { file, killed, timeouts, equal, survived: survivors.length, score }
}

function survivorOf(lines: readonly string[], { location: { start, end }, replacement = '' }: Mutant): Survivor {
  const within = lines.slice(start.line - 1, end.line)
  // The end first: on a single line it counts from the same beginning as the start.
  within.push((within.pop() ?? '').slice(0, end.column - 1))
  within.unshift((within.shift() ?? '').slice(start.column - 1))
  return {
    lineNumber: start.line,
    line: (lines[start.line - 1] ?? '').trim(),
    code: oneLine(within.join('\n')),
    becomes: oneLine(replacement),
  }
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ')
