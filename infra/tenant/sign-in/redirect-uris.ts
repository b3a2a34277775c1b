/** Whether a URI is registered: the port does not matter for localhost; anywhere else the whole string does. */
export function isRegistered(uri: unknown, registered: readonly string[]): uri is string {
  if (typeof uri !== 'string' || !URL.canParse(uri)) return false
  return registered.some(each => each === uri || (isLocalhost(each) && withoutPort(each) === withoutPort(uri)))
}

const isLocalhost = (uri: string): boolean => new URL(uri).hostname === 'localhost'

function withoutPort(uri: string): string {
  const url = new URL(uri)
  url.port = ''
  return url.href
}
