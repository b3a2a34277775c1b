import type { Clock } from '../../clock.ts'
import { membersGate } from '../../config/gates.ts'
import type { Config } from '../../config/load.ts'
import type { Visit } from '../page.ts'

/** Everything that the words of a page about access depend on, beside the access itself. `now` is the request's instant. */
export type Circumstances = {
  now: Date
  /** The title of the gate, and the same where a page has to say which of several gates it is about: else it is empty. */
  groupName: string
  named: string
  /** The gate as doors are given it: empty for `members`. */
  gate: string
  /** Whether the gate is one of a role. */
  isByRole?: boolean
  /** Several gates that the same form is about. */
  gates?: readonly string[]
  /** The gates at which access was asked for together with that, and which the form does not ask for. */
  beside?: readonly NamedGate[]
  environmentName: string
  name: string
  username: string
  baseUrl: string
  returnTo: string
  reference: string
  /** Whether the form proposes the last reason, because the same work goes on. */
  prefill?: boolean
  /** Where the form is sent, and the words on its button, where these are not those of turning on access. */
  action?: string
  button?: string
}

/** A gate by its name, and by its title for people. */
export type NamedGate = { gate: string; title: string }

export type AboutNeeds = { clock: Clock; config: Pick<Config, 'environment' | 'baseUrl' | 'gates'> }

/** The name of a gate as doors are given it: `members` is meant where they are given none. */
export const doorGate = (name: string): string => (name === membersGate ? '' : name)

/** The names of several gates as doors are given them: none for `members` alone. */
export const doorGates = (names: readonly string[]): readonly string[] =>
  names.length > 1 ? names : names.map(doorGate).filter(Boolean)

/** The titles of several gates, as a sentence names them. */
export const titlesOf = (gates: readonly NamedGate[]): string =>
  new Intl.ListFormat('en-GB').format(gates.map(({ title }) => title))

/** The circumstances of one visit that is about a gate. `returnTo` is the path that its page leads on to. */
export function circumstances(
  { person, reference }: Pick<Visit, 'person' | 'reference'>,
  { clock, config }: AboutNeeds,
  { gate, title, isByRole = false, returnTo }: { gate: string; title: string; isByRole?: boolean; returnTo: string },
): Circumstances {
  const { name, username } = person
  return {
    now: clock(),
    groupName: title,
    named: config.gates.length > 1 ? title : '',
    gate: doorGate(gate),
    isByRole,
    environmentName: config.environment.name ?? '',
    name,
    username,
    baseUrl: config.baseUrl,
    returnTo,
    reference,
  }
}
