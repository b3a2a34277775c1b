import { setGlobalProxyFromEnv } from 'node:http'
import type { ProxyConfig } from '../config/proxy.ts'

/** These are on this machine, where no proxy leads. */
const loopback = ['localhost', '127.0.0.1', '[::1]']

/**
 * From here on every `fetch` of this process goes through the proxy, by CONNECT; Redis is not fetched. Given as values:
 * of itself Node looks at HTTPS_PROXY only under NODE_USE_ENV_PROXY.
 * Node takes `example.com` for that host alone, other programs for all below it too; with a dot before it, it is both.
 * Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httpsetglobalproxyfromenvproxyenv
 */
export function callThrough({ url, except }: ProxyConfig): void {
  const hosts = [...loopback, ...except].map(entry => `.${entry.replace(/^\*?\./, '')}`)
  setGlobalProxyFromEnv({ HTTPS_PROXY: url.reveal(), NO_PROXY: hosts.join(',') })
}
