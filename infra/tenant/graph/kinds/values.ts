const checks: Record<string, (value: unknown) => boolean> = {
  string: value => typeof value === 'string',
  boolean: value => typeof value === 'boolean',
  object: value => typeof value === 'object' && !Array.isArray(value),
  guid: value => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(String(value)),
  // An instant without a zone could be any.
  dateTime: value => /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(String(value)),
}

/** Whether Graph takes the value for a property of this type, written as in `kind`. */
export function fits(value: unknown, type: string): boolean {
  const plain = type.replace('!', '')
  if (value === null) return plain === type
  const [, each] = /^\[(\w+)\]$/.exec(plain) ?? []
  if (!each) return checks[plain]?.(value) ?? true
  return Array.isArray(value) && value.every(one => one !== null && (checks[each]?.(one) ?? true))
}
