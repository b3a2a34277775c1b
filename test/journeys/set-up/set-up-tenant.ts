import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { runSetup } from '../../../infra/azure/commands/run.ts'
import { runDoctor } from '../../../infra/azure/doctor/run-doctor.ts'
import type { Surroundings } from '../../../infra/azure/surroundings.ts'
import type { Tenant } from '../../../infra/tenant/start.ts'
import type { SetupFinding } from '../../../src/setup/finding.ts'
import type { Clock } from '../../support/house.ts'

type At = { tenant: Tenant; baseUrl: string; clock: Clock }

/** The files that a person has who sets a tenant up; they go with the test. */
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-set-up-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

/** The commands of the set-up at a local tenant, in made-up time: who waits moves the clock of the house. */
export function setUpAt({ tenant, baseUrl, clock }: At) {
  const files: Record<string, string> = {}

  async function run(command: typeof runSetup, args: readonly string[]) {
    const [printed, told]: [string[], string[]] = [[], []]
    const around: Surroundings = {
      env: {},
      readText: async path => files[path] ?? Promise.reject(Object.assign(new Error('no file'), { code: 'ENOENT' })),
      standardInput: async () => '',
      print: text => void printed.push(text),
      tell: text => void told.push(text),
      fetch,
      clock: clock.read,
      sleep: async ms => clock.advance({ seconds: ms / 1000 }),
    }
    const exit = await command([...args, `--local=${tenant.origin}`], around)
    return { exit, out: printed.join('\n'), told: told.join('\n') }
  }

  const setup = (...args: string[]) => run(runSetup, args)

  return {
    setup,
    /** Writes tenant.json: the example, for this tenant and this house, with other fields where a test gives them. */
    async write(change: (wish: Wish) => void = () => {}) {
      const wish: Wish = { ...JSON.parse((await setup('example')).out), tenant: tenant.tenantId, baseUrl }
      change(wish)
      files['tenant.json'] = JSON.stringify(wish)
    },
    /** Changes the tenant. Returns the client secret that was shown. Throws what the program said when it failed. */
    async apply(...args: string[]): Promise<string | undefined> {
      const { exit, out, told } = await setup('apply', '--yes', ...args)
      if (exit !== 0) throw new Error(told)
      return parseEnv(out).ENTRA_CLIENT_SECRET
    },
    /** The settings as the application is given them, with the secret of `apply` put in. */
    async settings(secret: string | undefined): Promise<Record<string, string>> {
      const read = parseEnv((await setup('env')).out) as Record<string, string>
      if (read.GATES_FILE !== undefined) {
        writeFileSync(join(folder, 'gates.json'), (await setup('env', '--gates')).out)
        read.GATES_FILE = join(folder, 'gates.json')
      }
      return { ...read, ENTRA_CLIENT_SECRET: String(secret) }
    },
    /** What the doctor finds wrong with the tenant, but for the clock, which is made up here. */
    async wrong(): Promise<SetupFinding[]> {
      const { out } = await run(runDoctor, ['--file', 'tenant.json', '--json'])
      const findings = JSON.parse(out) as SetupFinding[]
      return findings.filter(({ verdict, check }) => verdict === 'wrong' && check !== 'clock')
    },
  }
}
export type SetUp = ReturnType<typeof setUpAt>

/** tenant.json as far as tests change it. */
export type Wish = { gates: Record<string, unknown>[]; [field: string]: unknown }

/** The gate of a wish with this name. */
export function gateOf(wish: Wish, name: string): Record<string, unknown> {
  const gate = wish.gates.find(each => each.name === name)
  if (!gate) throw new Error(`there is no gate ${name}`)
  return gate
}
