import type { PlanLine } from '../model/plan-line.ts'

/** What would change in an object, a line for each field: `  + hours: 8`, `  ~ state: report-only → enabled`. */
export function diffOf({ before, after }: Pick<PlanLine, 'before' | 'after'>): string[] {
  const [old, wanted] = [flat(before), flat(after)]
  return [...new Set([...old.keys(), ...wanted.keys()])].flatMap(path => {
    const [from, to] = [old.get(path), wanted.get(path)]
    if (from === to) return []
    if (from === undefined) return [`    + ${named(path, to)}`]
    return [to === undefined ? `    - ${named(path, from)}` : `    ~ ${named(path, `${from} → ${to}`)}`]
  })
}

function named(path: string, value: string | undefined): string {
  const [field] = path.split('\0')
  return field === '' ? `${value}` : `${field}: ${value}`
}

/** Every value that is no object, by its path. Members of a list of texts are paths of their own, so that one more is one line. */
function flat(value: unknown, path = ''): Map<string, string> {
  if (value === null || value === undefined) return new Map(path === '' ? [] : [[path, 'none']])
  if (Array.isArray(value)) return new Map(value.flatMap(member => [...flatMember(member, path)]))
  if (typeof value !== 'object') return new Map([[path, String(value)]])
  return new Map(
    Object.entries(value).flatMap(([name, field]) => [...flat(field, path === '' ? name : `${path}.${name}`)]),
  )
}

function flatMember(member: unknown, path: string): Map<string, string> {
  const text = typeof member === 'object' && member !== null ? phraseOf(member) : String(member)
  return new Map([[`${path}\0${text}`, text]])
}

/** `person ben@contoso.example, until 2027-11-29T23:59:59Z` */
const phraseOf = (member: object): string =>
  Object.entries(member)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
