import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'

/**
 * Asks whoever sits at a terminal for a yes. Whoever leaves instead of answering (Ctrl-C, Ctrl-D, the end of the input)
 * has not said yes.
 */
export function createConfirm(at: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream }) {
  return async (question: string): Promise<boolean> => {
    const terminal = createInterface(at)
    const left = once(terminal, 'close').then(() => undefined)
    const answer = await Promise.race([terminal.question(`${question} [y/N] `).catch(() => undefined), left])
    if (answer === undefined) at.output.write('\n')
    terminal.close()
    if (answer === undefined) return false
    return /^y(es)?$/i.test(answer.trim())
  }
}

/** Lets a reader of the output stop reading (`| head -1`): the command goes on, and its exit code is its own. */
export function letReadersLeave(...outputs: readonly NodeJS.WritableStream[]): void {
  for (const output of outputs)
    output.on('error', (error: { code?: string }) => {
      if (error.code !== 'EPIPE') throw error
    })
}
