import { type GateSettings, howToDescribe } from '../config/gates.ts'
import { type Config, ConfigError } from '../config/load.ts'
import { gatesOf } from '../gate/decide.ts'
import type { Page } from './page.ts'
import { servedPages } from './served.ts'

type Asked = Pick<Config, 'gates' | 'pim'>

/**
 * Throws ConfigError with a line for each gate that a page names and no setting describes. Pages of a part that is off are
 * not looked at, because they do not exist.
 */
export function assertGatesKnown(table: readonly Page[], config: Asked): void {
  const known = config.gates.map(({ name }) => name)
  const faults = servedPages(table, config).flatMap(page => {
    const unknown = gatesOf(page.requirement).filter(name => !known.includes(name))
    return unknown.map(name => `src/pages.ts: ${lineOf(page)} opens to the gate "${name}", ${remedyFor(name, known)}`)
  })
  if (faults.length > 0) throw new ConfigError(faults)
}

const remedyFor = (name: string, known: readonly string[]) =>
  `which no setting describes: ${howToDescribe(name)}, or name one of ${known.join(', ')}`

/** The gates and the pages that each opens, as lines for an operator. */
export function gatesShown(table: readonly Page[], config: Asked): string[] {
  const served = servedPages(table, config)
  const opened = config.gates.flatMap(gate => [
    described(gate),
    ...pagesShown(served.filter(({ requirement }) => gatesOf(requirement).includes(gate.name))),
  ])
  const forAll = served.filter(({ requirement }) => requirement.audience === 'signed-in')
  return [...opened, 'everyone who is signed in', ...pagesShown(forAll)]
}

function described({ name, title, groupId, role, context, selfService }: GateSettings): string {
  const proof = role === undefined ? [] : [`role ${role}`]
  const group = groupId === undefined ? ['no group'] : [`group ${groupId}`]
  const asked = context === undefined ? 'no authentication context' : `authentication context ${context}`
  const turningOn = selfService ? 'people turn on access here' : 'nobody turns on access here'
  return `${name} (${title}): ${[...proof, ...group, asked, turningOn].join(', ')}`
}

const pagesShown = (shown: readonly Page[]) =>
  shown.length === 0 ? ['  no page'] : shown.map(page => `  ${lineOf(page)}`)

const lineOf = ({ method, path }: Page) => `${method.toUpperCase()} ${path}`
