import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { programPath } from '../../infra/demo/redis-server.ts'
import { adapted } from '../../infra/drill/proxy.ts'

const shipped = readFileSync('infra/container/Caddyfile', 'utf8')
const places = { port: 50_001, tenantPort: 50_002, replicas: [50_003, 50_004, 50_005], tenant: 50_006 }

describe('the proxy of the drills', () => {
  test('is the one that is shipped, but for addresses and ports', () => {
    const others = adapted(shipped, places).split('\n')
    const changed = shipped
      .split('\n')
      .flatMap((line, index) => (line === others[index] ? [] : [others[index]?.trim()]))
    expect(changed).toEqual([
      'https://gatehouse.localhost:50001 {',
      'reverse_proxy 127.0.0.1:50003 127.0.0.1:50004 127.0.0.1:50005 {',
      'http://127.0.0.1:50002 {',
      'reverse_proxy 127.0.0.1:50006',
    ])
    expect(others).toHaveLength(shipped.split('\n').length)
  })

  test('is not played by a configuration that has other addresses than these', () => {
    expect(() => adapted(shipped.replace('127.0.0.1:3002', '127.0.0.1:3003'), places)).toThrow('127.0.0.1:3000')
  })

  test.each(['caddy', 'redis-server'])(
    'is not made up where %s is missing: the drills say what to install',
    async missing => {
      const bin = mkdtempSync(join(tmpdir(), 'gatehouse-path-'))
      const present = ['caddy', 'redis-server'].find(name => name !== missing) as string
      symlinkSync(programPath(present) as string, join(bin, present))
      const run = promisify(execFile)(process.execPath, ['infra/drill/main.ts', '--short'], { env: { PATH: bin } })
      await expect(run).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`apt-get install ${missing})`),
      })
      rmSync(bin, { recursive: true })
    },
  )
})

describe('the proxy that is shipped', () => {
  const caddy = (...args: string[]) =>
    promisify(execFile)('caddy', args, { env: { PATH: process.env.PATH, HOME: tmpdir() } })

  test('understands its configuration', async () => {
    await caddy('validate', '--config', 'infra/container/Caddyfile', '--adapter', 'caddyfile')
  })

  test('sends nothing twice that changes something', async () => {
    const { stdout } = await caddy('adapt', '--config', 'infra/container/Caddyfile', '--adapter', 'caddyfile')
    expect(stdout).toContain('"retry_match":[{"method":["GET","HEAD"]}]')
    expect(stdout).toContain('"uri":"/health/ready"')
  })
})
