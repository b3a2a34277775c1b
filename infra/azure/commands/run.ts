import { type Exit, exits } from '../exits.ts'
import { GraphProblem } from '../graph/problem.ts'
import { Unsettled } from '../run/unsettled.ts'
import type { Surroundings } from '../surroundings.ts'
import { applyTenant } from './apply.ts'
import { type Command, Stop } from './command.ts'
import { printSettings } from './env.ts'
import { printExample } from './example.ts'
import { exportWish } from './export.ts'
import { readCommandLine } from './options.ts'
import { planTenant } from './plan.ts'

/** The commands, by their names. */
const commands: Readonly<Record<string, Command>> = {
  example: printExample,
  env: printSettings,
  export: exportWish,
  plan: planTenant,
  apply: applyTenant,
}

const usage = `Sets up a tenant for Gatehouse, as a file says.

  npm run setup -- example              prints a first tenant.json
  npm run setup -- plan                 says what would change, and changes nothing
  npm run setup -- apply                changes it, after a yes
  npm run setup -- verify               checks the tenant, as npm run doctor does
  npm run setup -- env                  prints the settings of the application that belong to it
  npm run setup -- export --terraform   prints the same as .tf.json

  --file FILE         another file than tenant.json
  --json              the plan as JSON
  --yes               apply without asking
  --enable-policies   enable the Conditional Access policies: without it, new ones only report
  --new-secret        env: make another client secret, and put it in its place
  --kubernetes        env: the Secret that infra/container/kubernetes mounts
  --config-map        env: the settings.env of an overlay: what is no secret
  --gates             env: the content of GATES_FILE
  --local[=URL]       a local tenant (npm run tenant) in place of Entra
  --token -           the token for Graph comes on standard input; else it comes from the Azure CLI, the environment
                      or a managed identity

Exit code: 0 done, or nothing to do; 1 failed; 2 the plan has something; 64 usage; 78 faults in the file.`

/** Runs a command of `npm run setup`, and says how it ended. */
export async function runSetup(args: readonly string[], around: Surroundings): Promise<Exit> {
  if (args[0] === 'verify') return verify(args.slice(1), around)
  const line = readCommandLine(args)
  if ('wrong' in line) return explainUsage(line.wrong, around)
  const command = Object.hasOwn(commands, line.command) ? commands[line.command] : undefined
  if (!command) return explainUsage(`There is no command ${line.command}.`, around)
  try {
    return await command(line.options, around)
  } catch (error) {
    const exit = error instanceof Stop ? error.exit : exits.failed
    if (!(error instanceof Stop || error instanceof GraphProblem || error instanceof Unsettled)) throw error
    around.tell(error.message)
    return exit
  }
}

/** The doctor has options of its own, and is loaded only here, because it knows the application. */
async function verify(args: readonly string[], around: Surroundings): Promise<Exit> {
  const { runDoctor } = await import('../doctor/run-doctor.ts')
  return runDoctor(args, around)
}

function explainUsage(wrong: string, { tell }: Surroundings): Exit {
  tell(wrong === '' ? usage : `${wrong}\n\n${usage}`)
  return exits.usage
}
