import { exits } from '../exits.ts'
import { planText } from '../run/plan-text.ts'
import type { Command } from './command.ts'
import { planFor, prepare } from './prepare.ts'

/** Says what would change, and changes nothing. */
export const planTenant: Command = async (options, around) => {
  const { planned } = await planFor(await prepare(options, around))
  around.print(
    options.json
      ? JSON.stringify(
          planned.map(({ line }) => line),
          null,
          2,
        )
      : planText(planned),
  )
  return planned.some(({ line }) => line.action !== 'nothing') ? exits.planned : exits.fine
}
