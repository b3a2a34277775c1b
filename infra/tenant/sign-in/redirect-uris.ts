/** Whether a URI is registered. For localhost the port does not matter; for any other host the whole string must match. */
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
