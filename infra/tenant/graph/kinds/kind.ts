/**
 * One kind of objects that Graph shows or takes: its properties, what their values must be where this tenant checks
 * that, and which of them hold objects of another kind, by its key in `kinds`.
 */
export type Kind = {
  type: string
  names: readonly string[]
  values: Readonly<Record<string, string>>
  of: Readonly<Record<string, string>>
}

/** The words of a text that is laid out over lines. */
export const words = (text: string): string[] => text.split(/\s+/).filter(Boolean)

/**
 * A kind by its name and the names of its properties. `name:guid!` says what the value of a property must be (`string`,
 * `boolean`, `guid`, `dateTime`, `object`, or a list of them such as `[string]`), and with the mark that it is never null.
 */
export function kind(type: string, text: string, of: Record<string, string> = {}): Kind {
  const pairs = words(text).map(word => word.split(':'))
  return {
    type: `microsoft.graph.${type}`,
    names: [...new Set([...pairs.map(([name = '']) => name), ...Object.keys(of)])],
    values: Object.fromEntries(pairs.flatMap(([name, value]) => (name && value ? [[name, value]] : []))),
    of,
  }
}
