import type { Request } from 'express'

/*
 * The addresses of kept forms. A form sent to /refunds/7 is shown again at /kept-form/refunds/7?draft=ID, and sent once
 * more to /refunds/7?kept-form=ID.
 */

const prefix = '/kept-form'
const sentAs = 'kept-form'

/** The path at which a form sent to `path` is shown again; it has a line of its own in the table, with the same audience. */
export const keptFormPath = (path: string): string => prefix + path

/** The address at which the kept form of this id is shown to its sender. */
export const keptFormAddress = (path: string, id: string): string => `${keptFormPath(path)}?draft=${id}`

/** The path that the form shown at this address was sent to; undefined where no kept form is shown. */
export function formPathIn(address: string): string | undefined {
  const [path = ''] = address.split('?')
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined
}

/** The address that a kept form is sent to, so that the request says which one it is. */
export const sendingAddress = (path: string, id: string): string => `${path}?${sentAs}=${id}`

/** The id of the kept form that this request sends; undefined for a form that was never kept. */
export function keptIdIn({ query }: Pick<Request, 'query'>): string | undefined {
  const id = query[sentAs]
  return typeof id === 'string' ? id : undefined
}
