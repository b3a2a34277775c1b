import { parseArgs } from 'node:util'
import { isOnThisMachine, localTenant, withLocalAddress } from '../local-tenant.ts'

/** How the doctor is called, for people. */
export const doctorUsage = `Checks the set-up of a tenant, and the settings that belong to it.

  npm run doctor -- [OPTIONS]

  --file FILE      what the tenant should be like; without it tenant.json, where that is there
  --env-file FILE  the settings of the application; without it those of the environment, where there are any
  --token -        reads a token for Graph from standard input, in place of the application's own
  --local[=URL]    checks the local tenant (${localTenant})
  --json           prints the findings for programs
  --strict         counts what it cannot tell as wrong

Ends with 0 when nothing is wrong, else with 1; with 64 when it is called wrongly, and with 78 when settings or
tenant.json are at fault and nothing could be asked.`

/** What the doctor is asked to do. */
export type DoctorAsked = {
  file: string | undefined
  envFile: string | undefined
  /** The origin of the local tenant. */
  local: string | undefined
  hasToken: boolean
  isJson: boolean
  isStrict: boolean
}

/** Something keeps the doctor from beginning. `lines` say what, `code` is that of sysexits.h. */
export class CannotBegin extends Error {
  override name = 'CannotBegin'
  readonly code: 64 | 78
  readonly lines: readonly string[]

  constructor(code: 64 | 78, lines: readonly string[]) {
    super(lines.join('\n'))
    this.code = code
    this.lines = lines
  }
}

/** Reads the arguments of the command. Throws CannotBegin(64). */
export function doctorAsked(args: readonly string[]): DoctorAsked {
  const { file, 'env-file': envFile, local, token, json = false, strict = false } = parsed(args)
  if (token !== undefined && token !== '-')
    throw wronglyCalled('A token is given on standard input: --token -. As an argument every process could read it.')
  if (local !== undefined && !isOnThisMachine(local))
    throw wronglyCalled('The local tenant is on this machine: --local, or --local=http://127.0.0.1:PORT.')
  return { file, envFile, local, hasToken: token !== undefined, isJson: json, isStrict: strict }
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const options = { file: text, 'env-file': text, local: text, token: text, json: flag, strict: flag } as const
  try {
    return parseArgs({ args: args.map(withLocalAddress), options }).values
  } catch (error) {
    throw wronglyCalled((error as Error).message)
  }
}

const wronglyCalled = (why: string) => new CannotBegin(64, [why, '', doctorUsage])
