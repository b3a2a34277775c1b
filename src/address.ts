import { isIP } from 'node:net'

/**
 * A client's address as it may be logged and counted; undefined when a proxy passed on text that is no address. The text
 * may have a port or a zone, and an IPv4 address may be written as IPv6.
 */
export function addressIn(text: string | undefined): string | undefined {
  const [, bracketed] = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text ?? '') ?? []
  const [, dotted] = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?$/i.exec(text ?? '') ?? []
  const address = (bracketed ?? dotted ?? text ?? '').replace(/%.*$/, '')
  return isIP(address) ? address : undefined
}
