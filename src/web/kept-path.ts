const prefix = '/kept-form'

/** Where a form sent to this path is shown again: a page that asks of people what the path itself asks. */
export const keptFormPath = (path: string): string => prefix + path
/** The path that a kept form was sent to; undefined where none is kept. */
export const ownerPath = (keptPath: string): string | undefined =>
  keptPath.startsWith(`${prefix}/`) ? keptPath.slice(prefix.length) : undefined
