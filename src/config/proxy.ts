import { percentEncoding } from './percent-encoding.ts'
import type { Secret } from './secret.ts'

/** The proxy for calls to Microsoft, and the hosts that are called without it. `at`: its host and port, for the log. */
export type ProxyConfig = { url: Secret; at: string; except: readonly string[] }

/**
 * Reads the address of a proxy. `at` is its host and port, without user name and password. `wrong` is what is wrong with the
 * address, in words that follow the setting's name.
 */
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

/** The proxy of the settings; undefined where there is none, or where every host is called without it. */
export function proxyFrom(read: { HTTPS_PROXY?: Secret | undefined; NO_PROXY?: string | undefined }) {
  const url = read.HTTPS_PROXY
  const except = (read.NO_PROXY ?? '').split(/[\s,]+/).filter(entry => entry !== '')
  if (!url || except.includes('*')) return undefined
  const found = readProxyUrl(url.reveal())
  return 'wrong' in found ? undefined : ({ url, at: found.at, except } satisfies ProxyConfig)
}
