import type { Exit } from '../exits.ts'
import type { Surroundings } from '../surroundings.ts'
import type { Options } from './options.ts'

/** One of the commands of `npm run setup`. */
export type Command = (options: Options, around: Surroundings) => Promise<Exit>

/** Something that keeps a command from going on, as a sentence for whoever runs it. */
export class Stop extends Error {
  readonly exit: Exit
  constructor(exit: Exit, sentence: string) {
    super(sentence)
    this.exit = exit
  }
}
