import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { explanationOf, settings } from '../../src/config/settings.ts'
import { unknownSettings } from '../../src/config/unknown.ts'
import { faultsOf, good } from './good.ts'

const proxyIn = (given: Record<string, string>) => loadConfig({ ...good, ...given }).proxy
const encoding =
  'in a user name or password, what a URL needs for itself is percent-encoded: / is %2F, ? is %3F, # is %23, @ is %40 and % is %25'

describe('HTTPS_PROXY is taken', () => {
  test.each([
    ['http://proxy.contoso.com:3128', 'proxy.contoso.com:3128'],
    ['http://proxy.contoso.com:3128/', 'proxy.contoso.com:3128'],
    ['http://proxy.contoso.com', 'proxy.contoso.com:80'],
    ['https://proxy.contoso.com', 'proxy.contoso.com:443'],
    ['http://[fd00::1]:3128', '[fd00::1]:3128'],
    ['http://us%40er:p%2Fss@proxy.contoso.com:3128', 'proxy.contoso.com:3128'],
  ])('%s, at %s', (url, at) => {
    expect(proxyIn({ HTTPS_PROXY: url })).toMatchObject({ at, except: [] })
  })

  test('under its lower-case name, which counts first', () => {
    const both = { HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:2', NO_PROXY: 'a', no_proxy: 'b' }
    expect(proxyIn(both)).toMatchObject({ at: 'lower:2', except: ['b'] })
  })
})

test.each([
  ['proxy.contoso.com:3128', 'must begin with http:// or https://, which says how the proxy itself is reached'],
  ['proxy', 'must begin with http:// or https://, which says how the proxy itself is reached'],
  [
    'socks5://proxy.contoso.com:1080',
    'must begin with http:// or https://: proxies that speak SOCKS are not supported',
  ],
  ['http://', `must be an absolute URL; ${encoding}`],
  ['http://app:can#ary@proxy.contoso.com', `must be an absolute URL; ${encoding}`],
  ['http://app:1/canary@proxy.contoso.com', `may have nothing behind the host and the port; ${encoding}`],
  ['http://app:100%@proxy.contoso.com', `has a % that stands for nothing; ${encoding}`],
])('HTTPS_PROXY=%s is a fault, in words', (value, wrong) => {
  expect(faultsOf({ ...good, HTTPS_PROXY: value })).toEqual([
    `HTTPS_PROXY ${wrong}. Example: ${explanationOf(settings.HTTPS_PROXY)?.example}`,
  ])
})

test('NO_PROXY lists hosts, and * is all of them', () => {
  const HTTPS_PROXY = 'http://proxy.contoso.com:3128'
  expect(proxyIn({ HTTPS_PROXY, NO_PROXY: ' a.contoso.com,.b.contoso.com , c:8443' })).toMatchObject({
    except: ['a.contoso.com', '.b.contoso.com', 'c:8443'],
  })
  for (const NO_PROXY of ['*', 'a.contoso.com, *']) expect(proxyIn({ HTTPS_PROXY, NO_PROXY })).toBeUndefined()
  expect(proxyIn({ NO_PROXY: 'a.contoso.com' })).toBeUndefined()
})

test.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'])('%s alone is said to be of no use', name => {
  const words = `${name} is not looked at: all calls are https, for which HTTPS_PROXY counts`
  expect(unknownSettings({ ...good, [name]: 'http://app:canary@proxy:3128' })).toEqual([words])
  expect(unknownSettings({ ...good, [name]: 'http://proxy:3128', HTTPS_PROXY: 'http://proxy:3128' })).toEqual([])
  expect(unknownSettings({ ...good, [name]: '' })).toEqual([])
})
