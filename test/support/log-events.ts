/** Pino's numbers, as the log shows them. */
const numbers: Record<string, string> = { debug: '20', info: '30', warn: '40', error: '50', fatal: '60' }

/** An event of the log as the code writes it. `level` where it is plain from the call; 'unread': an event that is not written out. */
export type LogEvent = { name: string; level: string | undefined } | 'unread'

/** What may follow `event`: a literal, a condition that chooses one, or what is said of it by a type. */
const written = /(?:\b(?:const|let) event = |\bevent: )([^,;{}\n]*(?:\n\s*[?:|] [^,;{}\n]*)*)/g
/** Passed on under its own name: then it is chosen elsewhere in the file. */
const passedOn = /[{,]\s*event\s*[,}]/
const called = /\blog\??\.(debug|info|warn|error|fatal)\(\s*\{\s*$/
const literal = /(?<!(?:===|!==|==|!=) )'([a-z0-9-]+)'(?! [!=]==?)/g

/** The events of the log in the text of a module: literals behind `event`, those of conditions too. */
export function logEventsIn(text: string): LogEvent[] {
  const found = [...text.matchAll(written)].flatMap(({ 0: whole, 1: expression = '', index }): LogEvent[] => {
    if (/^string\b/.test(expression)) return []
    const names = [...expression.matchAll(literal)].map(([, name = '']) => name)
    const level = whole.startsWith('event') ? numbers[called.exec(text.slice(0, index))?.[1] ?? ''] : undefined
    return names.length > 0 ? names.map(name => ({ name, level })) : ['unread']
  })
  return found.length === 0 && passedOn.test(text) ? ['unread'] : found
}

/** The table of events in the documentation: each row is an event, its level or levels, when it is written, what to do. */
export const explainedEventsIn = (documentation: string) =>
  [...documentation.matchAll(/^\| `([a-z0-9-]+)` \| (\d0(?:, \d0)*) \| (.+) \| (.+) \|$/gm)].map(
    ([, name = '', levels = '', when = '', act = '']) => ({ name, levels: levels.split(', '), when, act }),
  )
