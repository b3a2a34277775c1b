import type { runSetup } from '../../../infra/azure/commands/run.ts'
import { runDoctor } from '../../../infra/azure/doctor/run-doctor.ts'
import type { SetupFinding } from '../../../src/setup/finding.ts'

type Around = {
  /** Texts of files by their names. There are no others. */
  files?: Record<string, string>
  env?: Record<string, string>
  input?: string
  clock?: () => Date
  /** Another command that does the same. */
  as?: typeof runSetup
}

/** Runs the doctor in this process, with these files and no others. */
export async function doctored(
  args: readonly string[],
  { files = {}, env = {}, input = '', clock, as = runDoctor }: Around = {},
) {
  const printed: string[] = []
  const told: string[] = []
  const code = await as(args, {
    env,
    readText: async path => {
      const text = files[path]
      if (text === undefined) throw Object.assign(new Error('not there'), { code: 'ENOENT' })
      return text
    },
    standardInput: async () => input,
    print: text => void printed.push(text),
    tell: text => void told.push(text),
    fetch,
    clock: clock ?? (() => new Date()),
    sleep: async () => {},
  })
  const out = printed.join('\n')
  const findings = (): SetupFinding[] => JSON.parse(out) as SetupFinding[]
  return {
    code,
    out,
    told: told.join('\n'),
    findings,
    found: (check: string): SetupFinding => {
      const finding = findings().find(each => each.check === check)
      if (!finding) throw new Error(`there is no check ${check}`)
      return finding
    },
  }
}

/** Settings as the text of a file like .env. */
export const envText = (settings: Record<string, string | undefined>): string =>
  Object.entries(settings)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${value}"`]))
    .join('\n')
