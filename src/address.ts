import { isIP } from 'node:net'

/**
 * A client's address as it may be logged and counted: undefined when a proxy passed on something that is none. Some
 * proxies pass on the port with it; an IPv4 address may come in its IPv6 clothes, or with a zone.
 */
export function addressIn(text: string | undefined): string | undefined {
  const [, bracketed] = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text ?? '') ?? []
  const [, dotted] = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?$/i.exec(text ?? '') ?? []
  const address = (bracketed ?? dotted ?? text ?? '').replace(/%.*$/, '')
  return isIP(address) ? address : undefined
}
