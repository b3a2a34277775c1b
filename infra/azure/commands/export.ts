import { exits } from '../exits.ts'
import { terraformOf } from '../terraform/terraform.ts'
import { type Command, Stop } from './command.ts'
import { wishIn } from './wish-file.ts'

/** Prints tenant.json as the configuration of another tool. It asks the tenant nothing. */
export const exportWish: Command = async ({ terraform, file }, around) => {
  if (!terraform) throw new Stop(exits.usage, 'Say what to export to: npm run setup -- export --terraform.')
  around.print(JSON.stringify(terraformOf(await wishIn(file, around)), null, 2))
  return exits.fine
}
