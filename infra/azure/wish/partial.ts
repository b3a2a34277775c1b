// tenant.json as far as it can be read, because faults of fields together are told beside those of single fields.

/** A field of an object; undefined where there is none. */
export const fieldOf = (of: unknown, name: string): unknown =>
  typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[name] : undefined

/** A text; undefined where it is none. */
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** The text of a field. */
export const textIn = (of: unknown, name: string): string | undefined => textOf(fieldOf(of, name))

/** The members of a list; none where it is no list. */
export const membersOf = (of: unknown, name: string): readonly unknown[] => {
  const value = fieldOf(of, name)
  return Array.isArray(value) ? value : []
}
