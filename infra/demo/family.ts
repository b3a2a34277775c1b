import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

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
     * local tenant's output only the errors do. When the program ends by itself, all programs end; with `again` it is
     * started anew, as an orchestrator would.
     */
    start(args: readonly string[], settings: Record<string, string>, { again = false } = {}): Child {
      let child = spawned()
      function spawned(): ChildProcess {
        const begun = spawn(process.execPath, args, {
          cwd: new URL('../../', import.meta.url),
          env: { ...inherited(), ...settings },
          stdio: ['ignore', args.includes('infra/tenant/main.ts') ? 'ignore' : 'inherit', 'inherit'],
          // In a process group of its own: Ctrl-C in a terminal reaches only this process, which then tells each program once.
          detached: true,
        })
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
        !/^(ENTRA|SESSION|REDIS|ACCESS|ADMIN|AUDITOR|AUTH|GATES|TENANT|MEMBERSHIP|PIM|GRAPH)_|^(TRUST_PROXY|BASE_URL)/.test(
          name,
        ),
    ),
  )
