import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** `again`: when the program ends by itself, it is started anew, as an orchestrator would. `hides`: lines of its output that do not appear. */
type Starting = { again?: boolean; hides?: (line: string) => boolean }
export type Child = { isAlive(): boolean; pid(): number | undefined }

/** Processes that live and end together: with Ctrl-C, SIGTERM, or when one of them ends by itself. */
export function createFamily() {
  const endings: (() => Promise<void>)[] = []
  /** Something that the started processes need, such as Redis: it stops after they have ended. */
  const afterwards: (() => Promise<void>)[] = []
  const all = (stops: typeof endings) => Promise.all(stops.map(stop => stop()))
  let ending: Promise<never> | undefined

  const end = (code: number): Promise<never> => {
    ending ??= all(endings)
      .then(() => all(afterwards))
      .then(() => process.exit(code))
    return ending
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(0))

  return {
    onEnd: (stop: () => Promise<void>): void => {
      afterwards.push(stop)
    },

    /**
     * Starts a program of this repository under the same Node. Its output appears in ours; of the
     * local tenant's output only the errors do. When the program ends by itself, all programs end, unless `again` is set.
     */
    start(args: readonly string[], settings: Record<string, string>, { again = false, hides }: Starting = {}): Child {
      const output = args.includes('infra/tenant/main.ts') ? 'ignore' : hides ? 'pipe' : 'inherit'
      let child = spawned()
      function spawned(): ChildProcess {
        const begun = spawn(process.execPath, args, {
          cwd: new URL('../../', import.meta.url),
          env: { ...inherited(), ...settings },
          stdio: ['ignore', output, 'inherit'],
          // In a process group of its own: Ctrl-C in a terminal reaches only this process, which then tells each program once.
          detached: true,
        })
        if (begun.stdout && hides)
          createInterface({ input: begun.stdout }).on('line', line => hides(line) || console.log(line))
        begun.once('exit', (code, signal) => {
          if (ending) return
          const program = args.find(each => each.endsWith('.ts'))
          console.error(`${program} ended by itself (${code ?? signal}); ${again ? 'starting it anew' : 'stopping'}`)
          if (again) child = spawned()
          else void end(1)
        })
        return begun
      }
      const isAlive = () => child.exitCode === null && child.signalCode === null
      endings.push(async () => {
        if (!isAlive()) return
        child.kill('SIGTERM')
        await once(child, 'exit')
      })
      return { isAlive, pid: () => child.pid }
    },
  }
}

/** The environment without the settings of a real installation. */
const inherited = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(ENTRA|SESSION|REDIS|ACCESS|ADMIN|AUDIT|AUDITOR|AUTH|GATES|TENANT|MEMBERSHIP|PIM|GRAPH)_|^(TRUST_PROXY|BASE_URL)/.test(
          name,
        ),
    ),
  )
