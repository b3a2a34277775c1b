import { parseArgs } from 'node:util'
import { isOnThisMachine, localTenant, withLocalAddress } from '../local-tenant.ts'

const known = {
  file: { type: 'string', default: 'tenant.json' },
  json: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  'enable-policies': { type: 'boolean', default: false },
  local: { type: 'string' },
  token: { type: 'string' },
  terraform: { type: 'boolean', default: false },
  'new-secret': { type: 'boolean', default: false },
  kubernetes: { type: 'boolean', default: false },
  'config-map': { type: 'boolean', default: false },
  gates: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** What the command line says. */
export type Options = {
  file: string
  json: boolean
  yes: boolean
  enablePolicies: boolean
  terraform: boolean
  newSecret: boolean
  kubernetes: boolean
  configMap: boolean
  gates: boolean
  /** Address of a local tenant that is meant in place of Entra. */
  local?: string | undefined
  /** Whether the token comes on standard input. */
  tokenFromInput: boolean
}

/** Reads the command line. `wrong` says why it cannot be understood; an empty one asks for the usage. */
export function readCommandLine(args: readonly string[]): { command: string; options: Options } | { wrong: string } {
  try {
    const { values, positionals } = parseArgs({
      args: args.map(withLocalAddress),
      options: known,
      allowPositionals: true,
    })
    const [command, ...more] = positionals
    if (values.help || command === undefined) return { wrong: '' }
    if (more.length > 0) return { wrong: `One command at a time: ${command} takes no ${more.join(' ')}.` }
    if (values.token !== undefined && values.token !== '-')
      return {
        wrong:
          'A token comes on standard input: --token -. On the command line everybody on the machine could read it.',
      }
    if (values.local !== undefined && !isOnThisMachine(values.local.replace(/\/$/, '')))
      return { wrong: `The local tenant is on this machine: --local, or --local=${localTenant}.` }
    const { file, json, yes, terraform, kubernetes, gates, local } = values
    return {
      command,
      options: {
        file,
        json,
        yes,
        terraform,
        kubernetes,
        gates,
        local,
        enablePolicies: values['enable-policies'],
        newSecret: values['new-secret'],
        configMap: values['config-map'],
        tokenFromInput: values.token === '-',
      },
    }
  } catch (error) {
    return { wrong: (error as Error).message }
  }
}
