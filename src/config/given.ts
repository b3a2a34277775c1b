import { isQuoted, textOf, trimmed } from './given-text.ts'
import { settings } from './settings.ts'

/** The environment of a process: names and values. */
export type Environment = Readonly<Record<string, string | undefined>>
/** The name of a setting. */
export type Name = keyof typeof settings
/** The values that were given, as text. */
export type Values = Partial<Record<Name, string>>
/** A fault of a setting. `wrong` follows the name of the setting in a sentence. */
export type Fault = { name: Name; wrong: string; example?: string }

const inQuotes = 'is in quotes, which are part of it here: leave them out'

/** Other programs know these names in upper and lower case, and prefer the lower one. */
const isAlsoLower = (name: Name) => name === 'HTTPS_PROXY' || name === 'NO_PROXY'

/** Collects every setting from the environment, or from the file that its `NAME_FILE` names. An empty value counts as absent. */
export function collectSettings(environment: Environment): { values: Values; faults: Fault[] } {
  const values: Values = {}
  const faults: Fault[] = []
  for (const name of Object.keys(settings) as Name[]) {
    const direct = (isAlsoLower(name) && environment[name.toLowerCase()]) || environment[name] || undefined
    const file = environment[`${name}_FILE`] || undefined
    if (direct !== undefined && file !== undefined)
      faults.push({ name, wrong: `is given twice: keep ${name} or ${name}_FILE` })
    const { text, why } = file === undefined ? {} : textOf(file)
    const value = direct ?? text
    // The path is left out, because somebody may have put the secret itself there.
    if (why) faults.push({ name, wrong: `cannot be read from the file that ${name}_FILE names (${why})` })
    // A value of nothing but spaces stays, because it is not the same as no value.
    if (value !== undefined) values[name] = trimmed(value) || value
    if (value !== undefined && isQuoted(trimmed(value))) faults.push({ name, wrong: inQuotes })
  }
  return { values, faults }
}
