import type { Score } from './score.ts'

const begin = '<!-- mutants -->'
const end = '<!-- /mutants -->'
const head = '| File | Killed | Timed out | Equal | Survived | Score |\n| --- | ---: | ---: | ---: | ---: | ---: |'

const lineOf = ({ file, killed, timeouts, equal, survived, score }: Score) =>
  `| ${file} | ${killed} | ${timeouts} | ${equal} | ${survived} | ${score} % |`

/** The scores as a Markdown table, in the order of their files. */
export const tableOf = (scores: readonly Score[]): string => [head, ...scores.map(lineOf).sort()].join('\n')

/**
 * The document with these scores in the table between its two markers. Lines of other files stay, unless the file is gone.
 * Throws when the document has no such markers.
 */
export function withScores(document: string, scores: readonly Score[], isThere: (file: string) => boolean): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`No table between "${begin}" and "${end}"`)
  const others = document
    .slice(from, to)
    .split('\n')
    .filter(line => line.startsWith('| src/'))
    .filter(line => isThere(fileOf(line)) && !scores.some(({ file }) => file === fileOf(line)))
  const lines = [...others, ...scores.map(lineOf)].sort()
  return `${document.slice(0, from)}${begin}\n${[head, ...lines].join('\n')}\n${document.slice(to)}`
}

const fileOf = (line: string) => line.split(' ')[1] ?? ''
