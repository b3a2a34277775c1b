import { setGlobalProxyFromEnv } from 'node:http'
import type { ProxyConfig } from '../config/proxy.ts'

/** Hosts of this machine, to which no proxy leads. */
const loopback = ['localhost', '127.0.0.1', '[::1]']

/**
 * Sends every later `fetch` of this process through the proxy, by CONNECT. Redis is not called with fetch. By itself Node
 * reads HTTPS_PROXY only under NODE_USE_ENV_PROXY, so the values are handed over here.
 * To Node `example.com` is that host alone, to other programs it is every host below too. With a dot before it, Node takes
 * it for both. Returns what ends it.
 * Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httpsetglobalproxyfromenvproxyenv
 */
export function callThrough({ url, except }: ProxyConfig): () => void {
  const hosts = [...loopback, ...except].map(entry => `.${entry.replace(/^\*?\./, '')}`)
  return setGlobalProxyFromEnv({ HTTPS_PROXY: url.reveal(), NO_PROXY: hosts.join(',') })
}
