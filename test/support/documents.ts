import { globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'

/** Every document of the repository that people read, by its path from the root. */
export const documents: Record<string, string> = Object.fromEntries(
  globSync(['*.md', 'docs/**/*.md', 'infra/**/*.md'], { exclude: ['**/node_modules/**'] })
    .map(path => path.replaceAll('\\', '/'))
    .sort()
    .map(path => [path, readFileSync(path, 'utf8')]),
)

export type Block = { language: string; text: string }
/** The fenced code blocks of a document, in order; a list may hold them indented. */
export const blocksIn = (text: string): Block[] =>
  [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)].map(([, indent = '', language = '', body = '']) => ({
    language,
    text: body.replace(new RegExp(`^${indent}`, 'gm'), ''),
  }))

/** Prose and tables, without the code blocks. */
export const proseOf = (text: string): string => text.replace(/^( *)```\w*\n[\s\S]*?^\1```$/gm, '')

/** Headings as GitHub makes anchors of them: lower case, with hyphens; the second of the same name ends with -1. */
export function anchorsIn(text: string): string[] {
  const seen = new Map<string, number>()
  return [...proseOf(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-')
    const count = seen.get(anchor) ?? 0
    seen.set(anchor, count + 1)
    return count === 0 ? anchor : `${anchor}-${count}`
  })
}

export type Link = { from: string; path: string; anchor: string | undefined }
/** The links of a document that lead into the repository, their paths from its root. */
export const linksIn = (from: string, text: string): Link[] =>
  [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter(target => !/^[a-z]+:/.test(target))
    .map(target => {
      const [path = '', anchor] = target.split('#')
      return { from, path: path === '' ? from : posix.join(posix.dirname(from), path), anchor }
    })

/** Paths of the repository that a text names: `src/app.ts` in prose, those in shell commands, and those of a map. */
export const pathsIn = (text: string): string[] => [
  ...[...proseOf(text).matchAll(/`((?:src|test|infra|views|docs)\/[\w./-]*)`/g)].map(([, path = '']) => path),
  ...blocksIn(text).flatMap(block => {
    if (block.language === '') return mapped(block.text)
    return block.language === 'sh' ? (block.text.match(/(?<=^| )(?:src|test|infra|views|docs)\/[\w./-]+/gm) ?? []) : []
  }),
]

/** A map: a path, or two spaces and a folder inside the path above. */
function mapped(map: string): string[] {
  let above = ''
  return map.split('\n').flatMap(line => {
    const [, path] = /^((?:src|test|infra|views|docs)\/[\w./-]*)(?: |$)/.exec(line) ?? []
    if (path) above = path
    const [, inside] = /^ {2}([\w-]+\/) /.exec(line) ?? []
    const beside = [...line.matchAll(/ · ((?:src|test|infra|views|docs)\/[\w./-]*)/g)].map(([, other = '']) => other)
    return [...(path ? [path] : []), ...(inside && above ? [above + inside] : []), ...beside]
  })
}
