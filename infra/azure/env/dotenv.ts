import { Stop } from '../commands/command.ts'
import { exits } from '../exits.ts'
import type { SettingLine } from './settings.ts'

/** Settings as lines of an `.env` file, as `node --env-file` reads them. */
export const dotenv = (settings: readonly SettingLine[]): string =>
  settings
    .map(({ name, value, note }) => `${note === undefined ? '' : `# ${note}\n`}${name}=${quotedIfNeeded(value)}\n`)
    .join('')

/**
 * Quotes only where the value would be cut or changed without them: other readers of such files take quotes for a part of
 * the value. There is no escape, so a value with all three quotes cannot be written.
 */
function quotedIfNeeded(value: string): string {
  if (!/[#\n]|^["'`]/.test(value)) return value
  const quote = ["'", '`', '"'].find(each => !value.includes(each))
  if (quote === undefined)
    throw new Stop(
      exits.failed,
      `No .env file can hold ${value}: it has all of ' " \` and a #. Take one out of the name.`,
    )
  return `${quote}${value}${quote}`
}
