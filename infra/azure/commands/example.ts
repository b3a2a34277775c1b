import { exits } from '../exits.ts'
import { exampleWish } from '../wish/example.ts'
import type { Command } from './command.ts'

/** Prints a first tenant.json. It is valid as it is; its explanations go to standard error, because JSON has no comments. */
export const printExample: Command = async (_options, { clock, print, tell }) => {
  print(JSON.stringify(exampleWish(clock()), null, 2))
  tell('Put your own tenant, names and people in place of these. docs/setup.md explains each field.')
  return exits.fine
}
