import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { SwitchesWish } from '../tenant/switches/switches.ts'

export type Tenant = Awaited<ReturnType<typeof startTenant>>

/** The local tenant as a process of its own, so that its work does not slow down the measurements. */
export async function startTenant(redirectUris: readonly string[]) {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const child = spawn(process.execPath, ['infra/tenant/main.ts'], {
    cwd: new URL('../../', import.meta.url),
    env: { PATH, ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }), TENANT_REDIRECT_URIS: redirectUris.join(',') },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const origin = await new Promise<string>((resolve, reject) => {
    child.once('exit', code => reject(new Error(`the tenant ended with ${code}`)))
    createInterface({ input: child.stdout }).on('line', line => {
      const found = /^\s+origin\s+(\S+)/.exec(line)?.[1]
      if (found) resolve(found)
    })
  })

  async function act(path: string, body: unknown): Promise<unknown> {
    // JSON leaves out undefined values, so null turns a switch off.
    const text = JSON.stringify(body, (_name, value: unknown) => value ?? null)
    const sent = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: text }
    const answer = await fetch(`${origin}/control${path}`, sent)
    if (!answer.ok) throw new Error(`the tenant refused ${path}: ${await answer.text()}`)
    return answer.json()
  }

  return {
    origin,
    set: (switches: SwitchesWish) => act('/switches', switches),
    /**
     * Gives access until an instant (epoch ms). Returns the true end, because the tenant counts from when it receives
     * the call.
     */
    async assign(person: string, until: number): Promise<number> {
      const wish = { person, minutes: (until - Date.now()) / 60_000, reason: 'drill' }
      const { memberships } = (await act('/assign', wish)) as { memberships: { person: string; until: string }[] }
      return Date.parse(memberships.find(each => each.person === person)?.until ?? '')
    },
    end: (person: string) => act('/end', { person }),
    addSecret: (value: string) => act('/add-secret', { value }),
    expireSecret: (value: string) => act('/add-secret', { value, until: new Date(Date.now() - 1_000).toISOString() }),
    async stop(): Promise<void> {
      child.kill('SIGKILL')
      await exited
    },
  }
}
