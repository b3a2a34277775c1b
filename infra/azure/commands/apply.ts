import { exits } from '../exits.ts'
import { applyPlan } from '../run/apply.ts'
import { planText } from '../run/plan-text.ts'
import type { Surroundings } from '../surroundings.ts'
import type { Command } from './command.ts'
import type { Options } from './options.ts'
import { planFor, prepare } from './prepare.ts'

/** Changes the tenant as the plan says, after a yes. */
export const applyTenant: Command = async (options, around) => {
  const given = await prepare(options, around)
  const { planned, known } = await planFor(given)
  around.tell(planText(planned))
  if (planned.every(({ line }) => line.action === 'nothing')) return exits.fine
  const no = await whyNot(options, around)
  if (no !== undefined) {
    around.tell(no)
    return exits.failed
  }
  await applyPlan(planned, { known, time: given, told: object => around.tell(`done: ${object}`) })
  around.tell('Everything is as it should be.')
  return exits.fine
}

/** Why nothing is changed; undefined where somebody said yes. */
async function whyNot({ yes }: Options, { confirm }: Surroundings): Promise<string | undefined> {
  if (yes) return undefined
  if (!confirm) return 'Nothing was changed: nobody sits at a terminal to say yes. Add --yes.'
  return (await confirm('Change the tenant like this?')) ? undefined : 'Nothing was changed.'
}
