import { percentEncoding } from './percent-encoding.ts'
import type { Secret } from './secret.ts'

/** The proxy that calls to Microsoft go through, and the hosts that are called without it. */
export type ProxyConfig = { url: Secret; at: string; except: readonly string[] }

/** Where a proxy is, without what proves us there; or what is wrong with its address. */
export function readProxyUrl(text: string): { at: string } | { wrong: string } {
  if (!/^https?:\/\//i.test(text))
    return {
      wrong: /^socks/i.test(text)
        ? 'must begin with http:// or https://: proxies that speak SOCKS are not supported'
        : 'must begin with http:// or https://, which says how the proxy itself is reached',
    }
  if (!URL.canParse(text)) return { wrong: `must be an absolute URL; ${percentEncoding}` }
  const { protocol, hostname, port, pathname, search, hash, username, password } = new URL(text)
  if (pathname !== '/' || search || hash)
    return { wrong: `may have nothing behind the host and the port; ${percentEncoding}` }
  try {
    decodeURIComponent(username + password)
  } catch {
    return { wrong: `has a % that stands for nothing; ${percentEncoding}` }
  }
  return { at: `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}` }
}

/** None where there is no proxy, or where all is called without it. */
export function proxyFrom(read: { HTTPS_PROXY?: Secret | undefined; NO_PROXY?: string | undefined }) {
  const url = read.HTTPS_PROXY
  const except = (read.NO_PROXY ?? '').split(/[\s,]+/).filter(entry => entry !== '')
  if (!url || except.includes('*')) return undefined
  const found = readProxyUrl(url.reveal())
  return 'wrong' in found ? undefined : ({ url, at: found.at, except } satisfies ProxyConfig)
}
