import { spawn } from 'node:child_process'

export type Child = { isAlive(): boolean }

/** Processes that live and end together: with Ctrl-C, SIGTERM, or when one of them ends by itself. */
export function createFamily() {
  const endings: (() => Promise<void>)[] = []
  let ending: Promise<never> | undefined

  const end = (code: number): Promise<never> => {
    ending ??= Promise.all(endings.map(stop => stop())).then(() => process.exit(code))
    return ending
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(0))

  return {
    onEnd: (stop: () => Promise<void>): void => {
      endings.push(stop)
    },

    /** Starts a program of this repository under the same Node. Its output is ours, except what it says on being started. */
    start(args: readonly string[], settings: Record<string, string>): Child {
      const child = spawn(process.execPath, args, {
        cwd: new URL('../../', import.meta.url),
        env: { ...inherited(), ...settings },
        stdio: ['ignore', args.includes('infra/tenant/main.ts') ? 'ignore' : 'inherit', 'inherit'],
      })
      const exited = new Promise<void>(resolve => child.once('exit', () => resolve()))
      endings.push(async () => {
        child.kill('SIGTERM')
        await exited
      })
      child.once('exit', code => {
        if (ending) return
        console.error(`${args.at(-1)} ended by itself (${code}); stopping`)
        void end(1)
      })
      return { isAlive: () => child.exitCode === null && child.signalCode === null }
    },
  }
}

/** Not the settings of a real installation that may be in the environment. */
const inherited = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(ENTRA|SESSION|REDIS|ACCESS|TENANT|MEMBERSHIP|PIM|GRAPH)_|^(TRUST_PROXY|BASE_URL)/.test(name),
    ),
  )
